import type { Points } from './buckets.ts';

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
export type MissingData = 'missing' | 'breaching' | 'notBreaching' | 'ignore';

/** When an alarm is raised: at `datapointsToAlarm` breaching points among the newest `evaluationPeriods`. */
export interface AlarmCriteria {
  readonly evaluationPeriods: number;
  readonly datapointsToAlarm: number;
  readonly missingData: MissingData;
  breaches(value: number): boolean;
}

export interface Judgement {
  /** Undefined leaves the alarm in the state it is in. */
  readonly state: AlarmState | undefined;
  /** Places of the points that decided, newest first. */
  readonly decisive: readonly number[];
  /** How many missing points had to be filled in. */
  readonly filled: number;
}

/** Points that are looked at beyond the evaluation periods, in the hope of real ones in place of missing ones. */
const extraPoints = 2;

/**
 * How many points CloudWatch retrieves to judge an alarm. It says no more than "a higher number than the evaluation periods"; its own
 * examples retrieve five for three. Source: CloudWatch user guide, alarms-and-missing-data.
 */
export function evaluationRange(evaluationPeriods: number): number {
  return evaluationPeriods + extraPoints;
}

/**
 * The state of an alarm that sees these points, oldest first.
 * > As few missing points as possible are filled in: real ones from farther back come first.
 * > An alarm is raised early when all that is known breaches, and has done so for at least `datapointsToAlarm` periods.
 * Source: CloudWatch user guide, alarms-and-missing-data.
 */
export function judge(points: Points, criteria: AlarmCriteria): Judgement {
  const { evaluationPeriods, datapointsToAlarm, missingData } = criteria;
  const decisive: number[] = [];
  let breaching = 0;
  let oldestBreach = -1;
  for (let index = points.length - 1; index >= 0 && decisive.length < evaluationPeriods; index--) {
    const value = points[index];
    if (value === undefined) continue;
    decisive.push(index);
    if (!criteria.breaches(value)) continue;
    breaching++;
    oldestBreach = index;
  }
  const filled = evaluationPeriods - decisive.length;
  const judged = (state: AlarmState | undefined): Judgement => ({ state, decisive, filled });
  if (breaching + (missingData === 'breaching' ? filled : 0) >= datapointsToAlarm) return judged('ALARM');
  if (filled === 0 || missingData === 'breaching' || missingData === 'notBreaching') return judged('OK');
  if (decisive.length > breaching) return judged('OK');
  if (missingData === 'ignore') return judged(undefined);
  if (decisive.length === 0) return judged('INSUFFICIENT_DATA');
  return judged(points.length - oldestBreach >= datapointsToAlarm ? 'ALARM' : undefined);
}
