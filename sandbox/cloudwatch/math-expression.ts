import { validationError } from '../aws-error.ts';

/** A metric-math expression, taken apart. */
export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'list'; readonly members: readonly Expression[] }
  | { readonly kind: 'call'; readonly name: string; readonly parameters: readonly Expression[] }
  | { readonly kind: 'operation'; readonly operator: string; readonly operands: readonly Expression[] };

const tokens =
  /\s*(?:(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|([A-Za-z_]\w*)|'([^']*)'|"([^"]*)"|(\|\||&&|[=!<>]=|[-+*/^<>()[\],]))/y;

/** Operators from the loosest to the tightest, and what each spelling means. */
const precedence: readonly Readonly<Record<string, string>>[] = [
  { '||': 'OR', OR: 'OR' },
  { '&&': 'AND', AND: 'AND' },
  { '==': '==', '!=': '!=', '<': '<', '>': '>', '<=': '<=', '>=': '>=' },
  { '+': '+', '-': '-' },
  { '*': '*', '/': '/' },
  { '^': '^' },
];

interface Token {
  readonly kind: 'number' | 'name' | 'text' | 'symbol' | 'end';
  readonly text: string;
}

function tokenize(source: string): Token[] {
  const found: Token[] = [];
  tokens.lastIndex = 0;
  const end = source.trimEnd().length;
  while (tokens.lastIndex < end) {
    const from = tokens.lastIndex;
    const match = tokens.exec(source);
    if (!match) throw validationError(`Invalid syntax in the expression '${source}' at position ${from}`);
    const [, number, name, single, double, symbol] = match;
    if (number !== undefined) found.push({ kind: 'number', text: number });
    else if (name !== undefined) found.push({ kind: 'name', text: name });
    else if (symbol !== undefined) found.push({ kind: 'symbol', text: symbol });
    else found.push({ kind: 'text', text: single ?? double ?? '' });
  }
  return [...found, { kind: 'end', text: 'the end' }];
}

/** Reads the tokens of one expression from left to right. */
class Parser {
  readonly #source: string;
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(source: string) {
    this.#source = source;
    this.#tokens = tokenize(source);
  }

  whole(): Expression {
    const expression = this.#operation(0);
    if (this.#peek.kind !== 'end') throw this.#unexpected();
    return expression;
  }

  get #peek(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', text: 'the end' };
  }

  #operation(level: number): Expression {
    const operators = precedence[level];
    if (!operators) return this.#operand();
    let left = this.#operation(level + 1);
    for (;;) {
      const { kind, text } = this.#peek;
      const operator = kind !== 'text' && Object.hasOwn(operators, text) ? operators[text] : undefined;
      if (operator === undefined) return left;
      this.#next++;
      left = { kind: 'operation', operator, operands: [left, this.#operation(level + 1)] };
    }
  }

  #operand(): Expression {
    const { kind, text } = this.#peek;
    this.#next++;
    if (kind === 'number') return { kind, value: Number(text) };
    if (kind === 'text') return { kind, value: text };
    if (kind === 'name')
      return this.#takes('(') ? { kind: 'call', name: text, parameters: this.#list(')') } : { kind, name: text };
    if (text === '-') return { kind: 'operation', operator: 'negative', operands: [this.#operand()] };
    if (text === '[') return { kind: 'list', members: this.#list(']') };
    if (text !== '(') throw this.#unexpected(-1);
    const inner = this.#operation(0);
    if (!this.#takes(')')) throw this.#unexpected();
    return inner;
  }

  #list(closing: string): Expression[] {
    const members: Expression[] = [];
    if (this.#takes(closing)) return members;
    do members.push(this.#operation(0));
    while (this.#takes(','));
    if (!this.#takes(closing)) throw this.#unexpected();
    return members;
  }

  #takes(symbol: string): boolean {
    const { kind, text } = this.#peek;
    if (kind !== 'symbol' || text !== symbol) return false;
    this.#next++;
    return true;
  }

  #unexpected(offset = 0): Error {
    const { text } = this.#tokens[this.#next + offset] ?? this.#peek;
    return validationError(`Invalid syntax in the expression '${this.#source}': unexpected ${text}`);
  }
}

/** Takes a metric-math expression apart; throws a ValidationException that quotes it when it cannot be read. */
export function parseExpression(source: string): Expression {
  return new Parser(source).whole();
}

/** Every function that an expression calls, at any depth. */
export function functionsOf(expression: Expression): string[] {
  if (expression.kind === 'call') return [expression.name, ...expression.parameters.flatMap(functionsOf)];
  if (expression.kind === 'list') return expression.members.flatMap(functionsOf);
  return expression.kind === 'operation' ? expression.operands.flatMap(functionsOf) : [];
}
