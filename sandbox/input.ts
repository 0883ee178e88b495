import { validationError } from './aws-error.ts';

interface TextRule {
  readonly pattern?: RegExp;
  readonly min?: number;
  readonly max?: number;
  readonly oneOf?: readonly string[];
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function memberName(field: string): string {
  return field.charAt(0).toLowerCase() + field.slice(1);
}

/** The members of one request. Every reader throws the ValidationException that AWS words the same way. */
export class Input {
  readonly members: Readonly<Record<string, unknown>>;

  constructor(members: unknown) {
    this.members = isRecord(members) ? members : {};
  }

  text(field: string, rule: TextRule = {}): string {
    const value = this.optionalText(field, rule);
    if (value === undefined) throw this.#broken(field, undefined, 'Member must not be null');
    return value;
  }

  optionalText(field: string, rule: TextRule = {}): string | undefined {
    const value = this.members[field];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'string') throw this.#broken(field, value, 'Member must be a string');
    if (rule.oneOf && !rule.oneOf.includes(value)) {
      throw this.#broken(field, value, `Member must satisfy enum value set: [${rule.oneOf.join(', ')}]`);
    }
    if (rule.min !== undefined && value.length < rule.min) {
      throw this.#broken(field, value, `Member must have length greater than or equal to ${rule.min}`);
    }
    if (rule.max !== undefined && value.length > rule.max) {
      throw this.#broken(field, value, `Member must have length less than or equal to ${rule.max}`);
    }
    if (rule.pattern && !rule.pattern.test(value)) {
      throw this.#broken(
        field,
        value,
        `Member must satisfy regular expression pattern: ${rule.pattern.source.replace(/^\^|\$$/g, '')}`,
      );
    }
    return value;
  }

  optionalNumber(field: string, min = -Infinity, max = Infinity): number | undefined {
    const value = this.members[field];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'number') throw this.#broken(field, value, 'Member must be a number');
    if (value < min) throw this.#broken(field, value, `Member must have value greater than or equal to ${min}`);
    if (value > max) throw this.#broken(field, value, `Member must have value less than or equal to ${max}`);
    return value;
  }

  optionalBoolean(field: string): boolean | undefined {
    const value = this.members[field];
    return typeof value === 'boolean' ? value : undefined;
  }

  boolean(field: string): boolean {
    const value = this.optionalBoolean(field);
    if (value === undefined) throw this.#broken(field, undefined, 'Member must not be null');
    return value;
  }

  optionalStructure(field: string): Input | undefined {
    const value = this.members[field];
    return isRecord(value) ? new Input(value) : undefined;
  }

  structure(field: string): Input {
    const value = this.optionalStructure(field);
    if (!value) throw this.#broken(field, undefined, 'Member must not be null');
    return value;
  }

  structures(field: string): Input[] {
    const value = this.members[field];
    return Array.isArray(value) ? value.map((member) => new Input(member)) : [];
  }

  texts(field: string): string[] {
    const value = this.members[field];
    return Array.isArray(value) ? value.filter((member) => typeof member === 'string') : [];
  }

  #broken(field: string, value: unknown, rule: string): Error {
    const shown =
      value === undefined ? 'Value null' : `Value '${typeof value === 'string' ? value : JSON.stringify(value)}'`;
    return validationError(
      `1 validation error detected: ${shown} at '${memberName(field)}' failed to satisfy constraint: ${rule}`,
    );
  }
}
