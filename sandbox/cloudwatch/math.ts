import { validationError } from '../aws-error.ts';
import type { Points } from './buckets.ts';
import { mathFunctions } from './math-functions.ts';
import type { Expression } from './math-expression.ts';
import { asLines, broadcast, type Line, type MathValue } from './math-value.ts';

/** What the names in an expression stand for, and where it is evaluated. */
export interface MathScope {
  /** The metric or other expression with this id. */
  value(id: string): MathValue;
  /** The metrics, without the expressions, whose ids contain `part`. */
  metrics(part: string): readonly Points[];
  /** Series found by a search; alarms have none. */
  search?(expression: string, statistic: string, periodSeconds: number): readonly Line[];
  readonly periodSeconds: number;
  /** Start of each period, epoch seconds. */
  readonly starts: readonly number[];
}

const binary: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '^': (a, b) => a ** b,
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
  '<': (a, b) => Number(a < b),
  '>': (a, b) => Number(a > b),
  '<=': (a, b) => Number(a <= b),
  '>=': (a, b) => Number(a >= b),
  AND: (a, b) => Number(a !== 0 && b !== 0),
  OR: (a, b) => Number(a !== 0 || b !== 0),
};

/**
 * The value of an expression. An operation on a missing point is missing, and so is one without a finite result; comparisons and logic
 * answer 1 and 0. Source: CloudWatch user guide, using-metric-math.
 */
export function evaluate(expression: Expression, scope: MathScope): MathValue {
  switch (expression.kind) {
    case 'number':
      return { kind: 'scalar', value: expression.value };
    case 'text':
      return expression;
    case 'name':
      return nameOf(expression.name, scope);
    case 'list':
      return { kind: 'array', series: expression.members.flatMap((member) => asLines(evaluate(member, scope))) };
    case 'operation':
      return operate(
        expression.operator,
        expression.operands.map((operand) => evaluate(operand, scope)),
      );
    case 'call':
      return call(
        expression.name,
        expression.parameters.map((parameter) => evaluate(parameter, scope)),
        scope,
      );
  }
}

/** Names that FILL and SORT take as words; ids begin with a small letter, so no id is lost. */
const words = new Set(['REPEAT', 'LINEAR', 'MAX', 'MIN', 'AVG', 'SUM', 'ASC', 'DESC']);

function nameOf(name: string, scope: MathScope): MathValue {
  return words.has(name) ? { kind: 'text', value: name } : scope.value(name);
}

function operate(operator: string, operands: readonly MathValue[]): MathValue {
  const [left, right] = operands;
  if (operator === 'negative' && left) return broadcast((value) => -value, left);
  const apply = binary[operator];
  if (!apply || !left || !right) throw validationError(`Unknown operator ${operator}`);
  return broadcast(apply, left, right);
}

function call(name: string, parameters: readonly MathValue[], scope: MathScope): MathValue {
  const known = Object.hasOwn(mathFunctions, name) ? mathFunctions[name] : undefined;
  if (!known) {
    const all = Object.keys(mathFunctions).join(', ');
    throw validationError(`the sandbox does not know the metric math function ${name}: it knows ${all}`);
  }
  return known(parameters, scope);
}
