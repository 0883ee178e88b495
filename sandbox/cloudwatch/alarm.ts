import type { AlarmRule } from './alarm-rule.ts';
import type { AlarmState } from './judgement.ts';
import type { MetricAlarmDefinition } from './metric-alarm-definition.ts';

/** The state of an alarm, and why it is in it. */
export interface AlarmStanding {
  readonly value: AlarmState;
  readonly reason: string;
  /** JSON. */
  readonly reasonData: string | undefined;
  /** Since when it has been in this state. */
  readonly since: number;
}

/** What keeps the actions of a composite alarm from being taken. */
export type Suppression = 'WaitPeriod' | 'ExtensionPeriod' | 'Alarm';

/** An alarm as it was put, and how it stands. */
export interface Alarm {
  readonly name: string;
  readonly arn: string;
  /** The members of PutMetricAlarm or PutCompositeAlarm. */
  readonly members: Readonly<Record<string, unknown>>;
  readonly updatedAt: number;
  readonly actionsEnabled: boolean;
  readonly state: AlarmStanding;
  readonly suppressedBy: Suppression | undefined;
  /** What a metric alarm watches; undefined for a composite alarm, and for a kind that the sandbox cannot evaluate. */
  readonly watches: MetricAlarmDefinition | undefined;
  /** The rule of a composite alarm. */
  readonly rule: AlarmRule | undefined;
}

/** One change of an alarm's state. */
export interface Transition {
  readonly alarm: Alarm;
  readonly from: AlarmStanding;
  readonly to: AlarmStanding;
}

export const initialReason = 'Unchecked: Initial alarm creation';

const actionMembers: Readonly<Record<AlarmState, string>> = {
  OK: 'OKActions',
  ALARM: 'AlarmActions',
  INSUFFICIENT_DATA: 'InsufficientDataActions',
};

/** The ARNs of what an alarm does when it enters a state. */
export function actionsOf({ members }: Alarm, state: AlarmState): string[] {
  const actions = members[actionMembers[state]];
  return Array.isArray(actions) ? actions.map(String) : [];
}
