import { isRecord } from '../input.ts';

/** What is asked: may this action be done to this resource, which carries these tags? */
export interface Question {
  /** `service:Action`. */
  readonly action: string;
  readonly resource: string;
  /** Condition keys and their values, such as `aws:ResourceTag/team`. Keys are compared in lower case. */
  readonly context: ReadonlyMap<string, string>;
}

export interface Statement {
  readonly allows: boolean;
  /** Whether it is about an action, whatever the resource. */
  names(action: string): boolean;
  /** Whether it is about a question with an action that it names. */
  concerns(question: Omit<Question, 'action'>): boolean;
}

function texts(value: unknown): string[] {
  return [value].flat().filter((text) => typeof text === 'string');
}

const patterns = new Map<string, RegExp>();

/** IAM's wildcards: `*` for any characters, `?` for one. */
function isLike(text: string, pattern: string): boolean {
  if (pattern === text || pattern === '*') return true;
  if (!/[*?]/.test(pattern)) return false;
  let compiled = patterns.get(pattern);
  if (!compiled) {
    const source = pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    compiled = new RegExp(`^${source}$`, 's');
    patterns.set(pattern, compiled);
  }
  return compiled.test(text);
}

type Test = (actual: string, wanted: readonly string[]) => boolean;

const operators: Readonly<Record<string, Test>> = {
  StringEquals: (actual, wanted) => wanted.includes(actual),
  StringNotEquals: (actual, wanted) => !wanted.includes(actual),
  StringLike: (actual, wanted) => wanted.some((pattern) => isLike(actual, pattern)),
  StringNotLike: (actual, wanted) => !wanted.some((pattern) => isLike(actual, pattern)),
  ArnEquals: (actual, wanted) => wanted.some((pattern) => isLike(actual, pattern)),
  ArnLike: (actual, wanted) => wanted.some((pattern) => isLike(actual, pattern)),
  ArnNotEquals: (actual, wanted) => !wanted.some((pattern) => isLike(actual, pattern)),
  ArnNotLike: (actual, wanted) => !wanted.some((pattern) => isLike(actual, pattern)),
  Bool: (actual, wanted) => wanted.includes(actual),
};

/** Whether one condition holds. A key the request lacks satisfies only negated operators and those ending in IfExists. */
function holds(operator: string, key: string, wanted: readonly string[], context: Question['context']): boolean {
  const plain = operator.replace(/IfExists$/, '');
  const test = operators[plain];
  if (!test) throw new Error(`the sandbox does not know the condition operator ${operator}`);
  const actual = context.get(key.toLowerCase());
  if (actual === undefined) return operator.endsWith('IfExists') || plain.includes('Not');
  return test(actual, wanted);
}

/** Reads one statement of an identity policy. */
export function statementFrom(source: unknown): Statement {
  if (!isRecord(source)) throw new Error(`a policy statement must be an object, got ${JSON.stringify(source)}`);
  const { Action, NotAction, Resource, NotResource, Condition, Effect } = source;
  const actions = texts(Action ?? NotAction).map((action) => action.toLowerCase());
  const resources = texts(Resource ?? NotResource);
  const conditions = Object.entries(isRecord(Condition) ? Condition : {}).flatMap(([operator, keys]) =>
    Object.entries(isRecord(keys) ? keys : {}).map(([key, wanted]) => ({ operator, key, wanted: texts(wanted) })),
  );
  return {
    allows: Effect === 'Allow',
    names(action) {
      const lower = action.toLowerCase();
      return actions.some((pattern) => isLike(lower, pattern)) === (NotAction === undefined);
    },
    concerns: ({ resource, context }) =>
      resources.some((pattern) => isLike(resource, pattern)) === (NotResource === undefined) &&
      conditions.every(({ operator, key, wanted }) => holds(operator, key, wanted, context)),
  };
}

export type Decision = 'allowed' | 'denied explicitly' | 'not allowed';

/**
 * IAM's rule for identity policies: an explicit Deny wins, otherwise some statement must allow. Which statements name an action is found
 * out once, for a role asks for the same few again and again.
 */
export function deciderOf(statements: readonly Statement[]): (question: Question) => Decision {
  const naming = new Map<string, readonly Statement[]>();
  return ({ action, ...rest }) => {
    const concerned = naming.get(action) ?? statements.filter((statement) => statement.names(action));
    naming.set(action, concerned);
    let decision: Decision = 'not allowed';
    for (const statement of concerned) {
      if (!statement.concerns(rest)) continue;
      if (!statement.allows) return 'denied explicitly';
      decision = 'allowed';
    }
    return decision;
  };
}
