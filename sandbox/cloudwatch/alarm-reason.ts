import type { Points } from './buckets.ts';
import type { Judgement, MissingData } from './judgement.ts';
import type { MetricAlarmDefinition } from './metric-alarm-definition.ts';

const comparisonWords: Readonly<Record<string, string>> = {
  GreaterThanOrEqualToThreshold: 'greater than or equal to',
  GreaterThanThreshold: 'greater than',
  LessThanThreshold: 'less than',
  LessThanOrEqualToThreshold: 'less than or equal to',
};

const treatments: Readonly<Record<MissingData, string>> = {
  missing: 'Missing',
  ignore: 'Ignored',
  breaching: 'Breaching',
  notBreaching: 'NonBreaching',
};

/** What an evaluation saw, for the words and the data of its reason. */
export interface Sight {
  readonly definition: MetricAlarmDefinition;
  readonly points: Points;
  readonly judgement: Judgement;
  /** End of the newest period. */
  readonly end: number;
}

/** CloudWatch writes numbers as Java writes doubles. */
export function spelt(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function instantOf(sight: Sight, index: number): Date {
  return new Date(sight.end - (sight.points.length - index) * sight.definition.periodSeconds * 1000);
}

/** `26/11/26 10:00:00`. */
function stamp(instant: Date): string {
  const [date = '', time = ''] = instant.toISOString().split('T');
  return `${date.slice(2).split('-').reverse().join('/')} ${time.slice(0, 8)}`;
}

/** Why the alarm enters the state it was judged to be in, in the words of CloudWatch. */
export function reasonOf(sight: Sight): string {
  const { definition, judgement } = sight;
  const { criteria } = definition;
  const { decisive, filled, state } = judgement;
  if (state === 'INSUFFICIENT_DATA')
    return `Insufficient Data: ${counted(filled, 'datapoint')} ${filled === 1 ? 'was' : 'were'} unknown.`;
  const treated = `${counted(filled, 'missing datapoint')} ${filled === 1 ? 'was' : 'were'} treated as [${treatments[criteria.missingData]}]`;
  if (decisive.length === 0)
    return `Threshold Crossed: no datapoints were received for ${counted(filled, 'period')} and ${treated}.`;
  const { evaluationPeriods, datapointsToAlarm } = criteria;
  const isAlarm = state === 'ALARM';
  const telling = decisive.filter((index) => criteria.breaches(sight.points[index] ?? Number.NaN) === isAlarm);
  const shown = telling.map(
    (index) => `${spelt(sight.points[index] ?? Number.NaN)} (${stamp(instantOf(sight, index))})`,
  );
  const verb = `${telling.length === 1 ? 'was' : 'were'}${isAlarm ? '' : ' not'}`;
  const minimum = isAlarm ? datapointsToAlarm : evaluationPeriods - datapointsToAlarm + 1;
  const direction = isAlarm ? 'OK -> ALARM' : 'ALARM -> OK';
  const comparison = comparisonWords[definition.comparison] ?? definition.comparison;
  return [
    `Threshold Crossed: ${telling.length} out of the last ${evaluationPeriods} datapoints [${shown.join(', ')}]`,
    `${verb} ${comparison} the threshold (${spelt(definition.threshold)})`,
    ...(filled > 0 ? [`and ${treated}`] : []),
    `(minimum ${counted(minimum, 'datapoint')} for ${direction} transition).`,
  ].join(' ');
}

/** The same as data: JSON. */
export function reasonDataOf(sight: Sight, now: number): string {
  const { definition, points, judgement } = sight;
  const [stat] = definition.queries.flatMap((query) =>
    query.stat && definition.queries.length === 1 ? [query.stat] : [],
  );
  const oldest = judgement.decisive.at(-1);
  return JSON.stringify({
    version: '1.0',
    queryDate: amazonTime(now),
    ...(oldest !== undefined && { startDate: amazonTime(instantOf(sight, oldest).getTime()) }),
    ...(stat && { statistic: stat.statistic.name }),
    period: definition.periodSeconds,
    recentDatapoints: judgement.decisive.map((index) => points[index]).reverse(),
    threshold: definition.threshold,
    evaluatedDatapoints: judgement.decisive.map((index) => ({
      timestamp: amazonTime(instantOf(sight, index).getTime()),
      value: points[index],
    })),
  });
}

/** CloudWatch's own spelling of instants: `2026-11-26T10:00:00.000+0000`. */
export function amazonTime(instant: number): string {
  return new Date(instant).toISOString().replace('Z', '+0000');
}
