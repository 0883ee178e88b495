import { validationError } from '../aws-error.ts';
import type { Points } from './buckets.ts';
import type { MathScope } from './math.ts';
import {
  asLines,
  asSeries,
  broadcast,
  type Line,
  type MathValue,
  numberOf,
  scalar,
  series,
  textOf,
} from './math-value.ts';

type MathFunction = (parameters: readonly MathValue[], scope: MathScope) => MathValue;

const present = (points: Points): number[] => points.filter((value) => value !== undefined);

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

/** One number of a series, or one series of an array: what is missing does not count. */
function reduction(reduce: (values: readonly number[]) => number): MathFunction {
  const ofSome = (values: readonly number[]): number | undefined => (values.length === 0 ? undefined : reduce(values));
  return ([value, ...more]) => {
    if (!value || more.length > 0) throw validationError('A metric math function takes one series or one array');
    if (value.kind === 'scalar') return value;
    if (value.kind === 'series') return scalar(ofSome(present(value.points)));
    const all = asSeries(value);
    return series((all[0] ?? []).map((_, index) => ofSome(present(all.map((points) => points[index])))));
  };
}

/** > FIRST and LAST take one series out of an array; out of a series, one value. */
function oneOf(
  line: (lines: readonly Line[]) => Line | undefined,
  value: (values: readonly number[]) => number | undefined,
): MathFunction {
  const ofSeries = reduction((values) => value(values) ?? Number.NaN);
  return (parameters, scope) => {
    const [first] = parameters;
    return first?.kind === 'array' ? series(line(first.series)?.points ?? []) : ofSeries(parameters, scope);
  };
}

function pointwise(apply: (value: number) => number): MathFunction {
  return ([value, ...more]) => {
    if (!value || more.length > 0) throw validationError('A metric math function takes one value');
    return broadcast(apply, value);
  };
}

/** Each series of the first parameter by itself. */
function eachSeries(map: (points: Points, parameters: readonly MathValue[]) => Points): MathFunction {
  return ([value, ...more]) => {
    if (value?.kind === 'series') return series(map(value.points, more));
    if (value?.kind !== 'array') throw validationError('A metric math function takes a time series');
    return { kind: 'array', series: value.series.map((line) => ({ ...line, points: map(line.points, more) })) };
  };
}

/** > IF(condition, trueValue, falseValue): without a condition there is no value, without a falseValue none where it is false. */
function choose([condition, whenTrue, whenFalse = scalar(undefined)]: readonly MathValue[]): MathValue {
  if (!condition || !whenTrue) throw validationError('IF takes a condition, a value if true, and perhaps one if false');
  const length = [condition, whenTrue, whenFalse].flatMap(asSeries)[0]?.length;
  const at = (value: MathValue, index: number): number | undefined =>
    value.kind === 'scalar' ? value.value : asSeries(value)[0]?.[index];
  const chosen = (index: number): number | undefined => {
    const holds = at(condition, index);
    return holds === undefined ? undefined : at(holds === 0 ? whenFalse : whenTrue, index);
  };
  return length === undefined ? scalar(chosen(0)) : series(Array.from({ length }, (_, index) => chosen(index)));
}

function fill(points: Points, [filler]: readonly MathValue[]): Points {
  if (filler?.kind === 'scalar') return points.map((value) => value ?? filler.value);
  if (filler?.kind === 'series') return points.map((value, index) => value ?? filler.points[index]);
  return textOf(filler) === 'LINEAR' ? fillLinearly(points) : fillRepeating(points);
}

function fillRepeating(points: Points): Points {
  let last: number | undefined;
  return points.map((value) => (last = value ?? last));
}

/** Between two values a straight line; at the ends nothing. */
function fillLinearly(points: Points): Points {
  return points.map((value, index) => {
    if (value !== undefined) return value;
    const before = points.findLastIndex((other, place) => place < index && other !== undefined);
    const after = points.findIndex((other, place) => place > index && other !== undefined);
    const [from, to] = [points[before], points[after]];
    if (from === undefined || to === undefined) return undefined;
    return from + ((to - from) * (index - before)) / (after - before);
  });
}

function differences(points: Points): Points {
  let last: number | undefined;
  return points.map((value) => {
    const difference = value === undefined || last === undefined ? undefined : value - last;
    last = value ?? last;
    return difference;
  });
}

function runningSum(points: Points): Points {
  let sum = 0;
  return points.map((value) => (value === undefined ? undefined : (sum += value)));
}

/** The series ordered by one number each, and perhaps only the first few of them. */
function sorted([value, by, order, limit]: readonly MathValue[]): MathValue {
  const key = sortKeys[textOf(by)];
  if (!value || !key) throw validationError(`SORT takes AVG, MIN, MAX or SUM, got ${textOf(by)}`);
  const sign = textOf(order) === 'DESC' ? -1 : 1;
  const ranked = asLines(value)
    .filter(({ points }) => present(points).length > 0)
    .sort((a, b) => sign * (key(present(a.points)) - key(present(b.points))));
  return { kind: 'array', series: ranked.slice(0, limit ? numberOf(limit) : undefined) };
}

const average = (values: readonly number[]): number => total(values) / values.length;
const maximum = (values: readonly number[]): number => values.reduce((a, b) => Math.max(a, b), -Infinity);
const minimum = (values: readonly number[]): number => values.reduce((a, b) => Math.min(a, b), Infinity);
const sortKeys: Readonly<Record<string, (values: readonly number[]) => number>> = {
  AVG: average,
  MAX: maximum,
  MIN: minimum,
  SUM: total,
};

/** The functions of metric math that the sandbox knows. Source: CloudWatch user guide, using-metric-math. */
export const mathFunctions: Readonly<Record<string, MathFunction>> = {
  ABS: pointwise(Math.abs),
  CEIL: pointwise(Math.ceil),
  FLOOR: pointwise(Math.floor),
  LOG: pointwise(Math.log),
  LOG10: pointwise(Math.log10),
  AVG: reduction(average),
  MAX: reduction(maximum),
  MIN: reduction(minimum),
  SUM: reduction(total),
  FIRST: oneOf(
    (lines) => lines[0],
    (values) => values[0],
  ),
  LAST: oneOf(
    (lines) => lines.at(-1),
    (values) => values.at(-1),
  ),
  DATAPOINT_COUNT: reduction((values) => values.length),
  DIFF: eachSeries(differences),
  RUNNING_SUM: eachSeries(runningSum),
  FILL: eachSeries(fill),
  IF: choose,
  METRICS: ([part], scope) => ({
    kind: 'array',
    series: scope.metrics(part ? textOf(part) : '').map((points) => ({ points })),
  }),
  METRIC_COUNT: ([value]) => scalar(value ? asSeries(value).length : 0),
  PERIOD: (_, { periodSeconds }) => scalar(periodSeconds),
  TIME_SERIES: ([value], { starts }) => series(starts.map(() => numberOf(value))),
  SORT: sorted,
  SEARCH: ([expression, statistic, period], scope) => ({
    kind: 'array',
    series: search(scope, textOf(expression), textOf(statistic), period ? numberOf(period) : scope.periodSeconds),
  }),
};

function search(scope: MathScope, expression: string, statistic: string, period: number): readonly Line[] {
  if (!scope.search) throw validationError('SEARCH is not supported here');
  return scope.search(expression, statistic, period);
}
