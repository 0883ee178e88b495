import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmRule,
  AlarmState,
  ComparisonOperator,
  CompositeAlarm,
  type IAlarmRule,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { type AlarmContext, describe } from './symptom.ts';

export interface FirstLookProps extends AlarmContext {
  /** What is looked at, such as `plan orders`. */
  readonly of: string;
  /** A gauge that every look publishes. */
  readonly gauge: IMetric;
  /** @default - nothing else */
  readonly orWhile?: IAlarmRule;
}

/**
 * Tells what was never looked at from what is looked at no more. Alarms for which silence is broken fire the moment they are created, before
 * `watch` can have said anything; so their actions wait until it has, once. From then on silence is a fault.
 */
export class FirstLook extends Construct {
  /** Is in ALARM until the gauge is seen for the first time, and never again; also while `orWhile` holds. */
  readonly awaited: CompositeAlarm;

  constructor(scope: Construct, id: string, props: FirstLookProps) {
    super(scope, id);
    const { of, gauge, prefix, orWhile } = props;
    const everSeen = new Alarm(this, 'EverSeen', {
      alarmName: `${prefix}ever-watched`,
      alarmDescription: describe(`Knows whether ${of} was ever watched; it is never in ALARM.`, 'not-watched', props),
      metric: gauge,
      // A state is remembered, and no gauge is below zero: the only change is the first one, from INSUFFICIENT_DATA to OK.
      threshold: 0,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.IGNORE,
    });
    const never = AlarmRule.fromAlarm(everSeen, AlarmState.INSUFFICIENT_DATA);
    this.awaited = new CompositeAlarm(this, 'Awaited', {
      compositeAlarmName: `${prefix}not-watched`,
      alarmDescription: describe(
        `While this is in ALARM, nothing is known of ${of} and its alarms call nobody.`,
        'not-watched',
        props,
      ),
      alarmRule: orWhile ? AlarmRule.anyOf(never, orWhile) : never,
    });
  }
}

/**
 * How the actions of a composite alarm heed a suppressor. It may fire up to three minutes after what it suppresses: a run that failed is tried
 * again within that time, too. After it, values that came with the first look have five minutes to reach every alarm.
 */
export const suppression = {
  actionsSuppressorWaitPeriod: Duration.minutes(3),
  actionsSuppressorExtensionPeriod: Duration.minutes(5),
} as const;
