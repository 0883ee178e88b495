import { isRecord } from '../input.ts';

/** What the intrinsic functions of one template are resolved against. */
export interface Scope {
  /** Value of `Ref` for parameters, pseudo parameters and resources. */
  ref(name: string): Promise<unknown>;
  attribute(resource: string, name: string): Promise<unknown>;
  condition(name: string): Promise<boolean>;
  mapping(name: string, first: string, second: string): unknown;
  importValue(name: string): unknown;
}

/** Stands for a property that `AWS::NoValue` removes. */
export const noValue = Symbol('AWS::NoValue');

type Resolver = (argument: unknown, scope: Scope) => Promise<unknown>;

async function list(argument: unknown, scope: Scope): Promise<unknown[]> {
  const resolved = await resolve(argument, scope);
  if (!Array.isArray(resolved)) throw new Error(`a list is wanted, got ${JSON.stringify(resolved)}`);
  return resolved as unknown[];
}

async function substitute(argument: unknown, scope: Scope): Promise<string> {
  const [template, own] = Array.isArray(argument) ? (argument as unknown[]) : [argument, {}];
  const variables = (await resolve(own, scope)) as Record<string, unknown>;
  let text = String(template);
  for (const [whole, name = ''] of text.matchAll(/\$\{([^!}][^}]*)\}/g)) {
    const [resource = '', attribute] = name.split(/\.(.*)/s);
    const value =
      variables[name] ?? (attribute === undefined ? await scope.ref(name) : await scope.attribute(resource, attribute));
    text = text.replaceAll(whole, String(value));
  }
  return text.replaceAll('${!', '${');
}

const intrinsics: Readonly<Record<string, Resolver>> = {
  Ref: (name, scope) => scope.ref(String(name)),
  Condition: (name, scope) => scope.condition(String(name)),
  'Fn::GetAtt': (argument, scope) => {
    const [resource = '', attribute = ''] = Array.isArray(argument)
      ? argument.map(String)
      : String(argument).split(/\.(.*)/s);
    return scope.attribute(resource, attribute);
  },
  'Fn::Sub': substitute,
  'Fn::Join': async (argument, scope) => {
    const [separator, parts] = await list(argument, scope);
    return (parts as unknown[]).map(String).join(String(separator));
  },
  'Fn::Select': async (argument, scope) => {
    const [index, from] = await list(argument, scope);
    return (from as unknown[])[Number(index)];
  },
  'Fn::Split': async (argument, scope) => {
    const [separator, text] = await list(argument, scope);
    return String(text).split(String(separator));
  },
  'Fn::If': async (argument, scope) => {
    const [name, whenTrue, whenFalse] = argument as unknown[];
    return resolve((await scope.condition(String(name))) ? whenTrue : whenFalse, scope);
  },
  'Fn::Equals': async (argument, scope) => {
    const [left, right] = await list(argument, scope);
    return left === right;
  },
  'Fn::Not': async (argument, scope) => !(await list(argument, scope))[0],
  'Fn::And': async (argument, scope) => (await list(argument, scope)).every(Boolean),
  'Fn::Or': async (argument, scope) => (await list(argument, scope)).some(Boolean),
  'Fn::FindInMap': async (argument, scope) => {
    const [name, first, second] = (await list(argument, scope)).map(String);
    return scope.mapping(name ?? '', first ?? '', second ?? '');
  },
  'Fn::ImportValue': async (argument, scope) => scope.importValue(String(await resolve(argument, scope))),
};

/** Replaces every intrinsic function in a value by what it stands for. */
export async function resolve(value: unknown, scope: Scope): Promise<unknown> {
  if (Array.isArray(value)) {
    const members = await inTurn(value as unknown[], (member) => resolve(member, scope));
    return members.filter((member) => member !== noValue);
  }
  if (!isRecord(value)) return value;
  const [key, ...others] = Object.keys(value);
  const intrinsic = key !== undefined && others.length === 0 ? intrinsics[key] : undefined;
  if (key !== undefined && intrinsic && (key !== 'Condition' || typeof value[key] === 'string'))
    return intrinsic(value[key], scope);
  if (key?.startsWith('Fn::')) throw new Error(`the sandbox does not know the intrinsic function ${key}`);
  const members = await inTurn(
    Object.entries(value),
    async ([name, member]) => [name, await resolve(member, scope)] as const,
  );
  return Object.fromEntries(members.filter(([, member]) => member !== noValue));
}

/** One after the other, so that resources are always created in the same order. */
async function inTurn<T, U>(values: readonly T[], map: (value: T) => Promise<U>): Promise<U[]> {
  const mapped: U[] = [];
  for (const value of values) mapped.push(await map(value));
  return mapped;
}
