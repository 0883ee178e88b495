import { validationError } from '../aws-error.ts';
import { Input } from '../input.ts';
import { evaluationRange, type AlarmCriteria, type MissingData } from './judgement.ts';
import { functionsOf } from './math-expression.ts';
import { MathEvaluation } from './math-evaluation.ts';
import { metricQueriesOf, metricStatOf, periodOf, type MetricQuery, type MetricStat } from './metric-query.ts';

/** What a metric alarm watches and when it is raised. */
export interface MetricAlarmDefinition {
  readonly queries: readonly MetricQuery[];
  /** Id of the query whose points are judged. */
  readonly judged: string;
  readonly periodSeconds: number;
  readonly criteria: AlarmCriteria;
  readonly threshold: number;
  readonly comparison: string;
  /** How many points are looked at. */
  readonly range: number;
}

const comparisons: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

const missingDataTreatments: readonly MissingData[] = ['missing', 'breaching', 'notBreaching', 'ignore'];
const longestEvaluationSeconds = 7 * 86_400;
const longestEvaluationOfShortPeriodsSeconds = 86_400;
/** Members of alarms that need what the sandbox has not: anomaly models, PromQL, wall clocks, warm-up. */
const unknown = ['ThresholdMetricId', 'EvaluationCriteria', 'EvaluationWindow', 'WarmUpConfiguration'];

/**
 * Reads the members of PutMetricAlarm and checks what AWS checks. Source of the limits: CloudWatch API reference, PutMetricAlarm, and
 * the user guide's cloudwatch_limits.
 */
export function metricAlarmDefinition(members: Readonly<Record<string, unknown>>): MetricAlarmDefinition {
  const input = new Input(members);
  for (const member of unknown.filter((each) => members[each] !== undefined))
    throw validationError(`the sandbox cannot evaluate alarms with ${member}`);
  const queries = queriesOf(input);
  const judged = judgedQuery(queries);
  const periodSeconds = periodOfAll(queries, judged);
  const criteria = criteriaOf(input, queries);
  checkLength(criteria.evaluationPeriods, periodSeconds);
  const range = evaluationRange(criteria.evaluationPeriods);
  checkSeries(queries, judged, range);
  const comparison = input.text('ComparisonOperator');
  return { queries, judged: judged.id, periodSeconds, criteria, threshold: threshold(input), comparison, range };
}

function queriesOf(input: Input): MetricQuery[] {
  const { MetricName, Metrics } = input.members;
  if ((MetricName === undefined) === (Metrics === undefined))
    throw validationError('Exactly one of MetricName and Metrics must be given');
  if (Metrics === undefined) return [{ id: 'm1', label: undefined, returnsData: true, ...singleMetric(input) }];
  const queries = metricQueriesOf(input.structures('Metrics'));
  const metrics = queries.filter(({ stat }) => stat).length;
  if (metrics > 10 || queries.length - metrics > 10)
    throw validationError('An alarm can have at most 10 metrics and 10 expressions');
  return queries;
}

function singleMetric(input: Input): { stat: MetricStat; periodSeconds: number } {
  const stat = input.optionalText('Statistic') ?? input.text('ExtendedStatistic');
  const periodSeconds = periodOf(input);
  if (periodSeconds === undefined) throw validationError('Period must be given');
  return { stat: metricStatOf(input, stat, periodSeconds, input.optionalText('Unit')), periodSeconds };
}

function judgedQuery(queries: readonly MetricQuery[]): MetricQuery {
  const returned = queries.filter(({ returnsData }) => returnsData);
  const [judged, ...more] = returned;
  if (!judged || more.length > 0)
    throw validationError(`Exactly one metric or expression of an alarm must return data, got ${returned.length}`);
  return judged;
}

function periodOfAll(queries: readonly MetricQuery[], judged: MetricQuery): number {
  const periods = new Set(queries.flatMap(({ stat, periodSeconds }) => (stat ? [periodSeconds] : [])));
  const [period = judged.periodSeconds, ...more] = periods;
  if (period === undefined || more.length > 0)
    throw validationError(`All metrics of an alarm must have one and the same period, got ${[...periods].join(', ')}`);
  return period;
}

function criteriaOf(input: Input, queries: readonly MetricQuery[]): AlarmCriteria {
  const evaluationPeriods = input.optionalNumber('EvaluationPeriods', 1);
  if (evaluationPeriods === undefined) throw validationError('EvaluationPeriods must be given');
  const datapointsToAlarm = input.optionalNumber('DatapointsToAlarm', 1) ?? evaluationPeriods;
  if (datapointsToAlarm > evaluationPeriods)
    throw validationError(
      `DatapointsToAlarm must be at most EvaluationPeriods, ${evaluationPeriods}, got ${datapointsToAlarm}`,
    );
  const compare = comparisons[input.text('ComparisonOperator', { oneOf: Object.keys(comparisons) })];
  const limit = threshold(input);
  const breaches = (value: number): boolean => compare?.(value, limit) ?? false;
  return { evaluationPeriods, datapointsToAlarm, missingData: missingDataOf(input, queries), breaches };
}

/** > Alarms that evaluate metrics in the AWS/DynamoDB namespace always ignore missing data. Source: API reference, PutMetricAlarm. */
function missingDataOf(input: Input, queries: readonly MetricQuery[]): MissingData {
  const wanted = input.optionalText('TreatMissingData', { oneOf: missingDataTreatments }) ?? 'missing';
  if (queries.some(({ stat }) => stat?.namespace === 'AWS/DynamoDB')) return 'ignore';
  return missingDataTreatments.find((treatment) => treatment === wanted) ?? 'missing';
}

function threshold(input: Input): number {
  const value = input.optionalNumber('Threshold');
  if (value === undefined) throw validationError('Threshold must be given');
  return value;
}

function checkLength(evaluationPeriods: number, periodSeconds: number): void {
  const seconds = evaluationPeriods * periodSeconds;
  const longest = periodSeconds < 3600 ? longestEvaluationOfShortPeriodsSeconds : longestEvaluationSeconds;
  if (seconds <= longest) return;
  const rule = 'Metrics cannot be checked across more than a day (EvaluationPeriods * Period must be <= 86400)';
  const longRule =
    'Metrics cannot be checked across more than seven days (EvaluationPeriods * Period must be <= 604800)';
  throw validationError(`${periodSeconds < 3600 ? rule : longRule}, got ${seconds}`);
}

/** Tries the expressions out on metrics without data, so that what cannot be evaluated is refused when the alarm is put. */
function checkSeries(queries: readonly MetricQuery[], judged: MetricQuery, range: number): void {
  if (queries.some(({ expression }) => expression && functionsOf(expression).includes('SEARCH')))
    throw validationError('SEARCH is not supported on Metric Alarms.');
  const nothing = Array.from({ length: range }, () => undefined);
  const starts = nothing.map((_, index) => index * 60);
  const value = new MathEvaluation(queries, { points: () => nothing, starts, periodSeconds: 60 }).value(judged.id);
  if (value.kind !== 'series') throw validationError(`The expression ${judged.id} must return a single time series`);
}
