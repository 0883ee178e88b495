/** One attribute as DynamoDB JSON writes it; bytes are base64 text (source: `AttributeValue` of the DynamoDB API). */
export type AttributeValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly B: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly SS: readonly string[] }
  | { readonly NS: readonly string[] }
  | { readonly BS: readonly string[] }
  | { readonly L: readonly AttributeValue[] }
  | { readonly M: Attributes };

/** Attributes by name. */
export type Attributes = Readonly<Record<string, AttributeValue>>;

const number = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,4})?$/i;
const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const kinds: Readonly<Record<string, (value: unknown) => boolean>> = {
  S: isText,
  N: isNumber,
  B: isBytes,
  BOOL: (value) => typeof value === 'boolean',
  NULL: (value) => value === true,
  SS: setOf(isText),
  NS: setOf(isNumber),
  BS: setOf(isBytes),
  L: (value) => Array.isArray(value) && value.every(isAttributeValue),
  M: isAttributes,
};

/** Tells whether a value is an attribute that DynamoDB can hold: exactly one kind, sets neither empty nor with repetitions. */
export function isAttributeValue(value: unknown): value is AttributeValue {
  const [kind, ...more] = isObject(value) ? Object.entries(value) : [];
  return kind !== undefined && more.length === 0 && Object.hasOwn(kinds, kind[0]) && kinds[kind[0]]?.(kind[1]) === true;
}

/** Tells whether a value is attributes by name. */
export function isAttributes(value: unknown): value is Attributes {
  return isObject(value) && Object.entries(value).every(([name, each]) => isName(name) && isAttributeValue(each));
}

/**
 * Tells whether a value can be the key of an item.
 * > A key is one or two attributes, texts, numbers or bytes, none of them empty.
 */
export function isItemKey(value: unknown): value is Attributes {
  const attributes = isAttributes(value) ? Object.values(value) : [];
  return attributes.length >= 1 && attributes.length <= 2 && attributes.every(isKeyValue);
}

function isKeyValue(value: AttributeValue): boolean {
  if ('S' in value) return value.S !== '';
  return 'B' in value ? value.B !== '' : 'N' in value;
}

function isName(name: string): boolean {
  return name.length >= 1 && name.length <= 65_535;
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

/** > A number has at most 38 significant digits and is 0 or from 1E-130 to below 1E+126, positive or negative. */
function isNumber(value: unknown): boolean {
  if (typeof value !== 'string' || value.length > 200 || !number.test(value)) return false;
  const digits = value.replace(/e.*$/i, '').replace(/\D/g, '').replace(/^0+/, '').replace(/0+$/, '');
  const size = Math.abs(Number(value));
  return digits === '' || (digits.length <= 38 && size >= 1e-130 && size < 1e126);
}

function isBytes(value: unknown): boolean {
  return typeof value === 'string' && base64.test(value);
}

function setOf(isMember: (value: unknown) => boolean): (value: unknown) => boolean {
  return (value) =>
    Array.isArray(value) && value.length >= 1 && value.every(isMember) && new Set(value).size === value.length;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
