import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmRule,
  AlarmState,
  ComparisonOperator,
  CompositeAlarm,
  type IAlarm,
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
  /** What calls by itself when it makes the gauge disappear again. @default - nothing: its alarms call */
  readonly silencedBy?: IAlarm;
  /** What shows that the first look will not come by itself. @default - nothing: it is waited for */
  readonly unless?: IAlarm;
}

/**
 * Tells what was never looked at from what is looked at no more. Alarms for which silence is broken fire the moment they are created, before
 * `watch` can have said anything; so their actions wait until it has, once. From then on silence is a fault.
 */
export class FirstLook extends Construct {
  /** Is in ALARM until the gauge is seen for the first time, and later only while it is missing because of `silencedBy`. */
  readonly awaited: CompositeAlarm;

  constructor(scope: Construct, id: string, props: FirstLookProps) {
    super(scope, id);
    const { of, prefix } = props;
    // What is ignored leaves a state as it is: the only change is the first one, from INSUFFICIENT_DATA to OK.
    const never = this.lacking('ever-watched', TreatMissingData.IGNORE, props);
    this.awaited = new CompositeAlarm(this, 'Awaited', {
      compositeAlarmName: `${prefix}not-watched`,
      alarmDescription: describe(
        `While this is in ALARM, nothing is known of ${of} and its alarms call nobody.`,
        'not-watched',
        props,
      ),
      alarmRule: this.ruleOf(never, props),
    });
  }

  private ruleOf(never: IAlarmRule, props: FirstLookProps): IAlarmRule {
    const { silencedBy, unless } = props;
    const awaited = unless ? AlarmRule.allOf(never, AlarmRule.not(unless)) : never;
    if (!silencedBy) return awaited;
    const nowMissing = this.lacking('watched-now', TreatMissingData.MISSING, props);
    return AlarmRule.anyOf(awaited, AlarmRule.allOf(silencedBy, nowMissing));
  }

  /** Holds while an alarm, which is never in ALARM because no gauge is below zero, has no value to go by. */
  private lacking(
    name: string,
    treatMissingData: TreatMissingData,
    { of, gauge, ...context }: FirstLookProps,
  ): IAlarmRule {
    const alarm = new Alarm(this, name, {
      alarmName: `${context.prefix}${name}`,
      alarmDescription: describe(
        `Has data if and only if ${of} is ${name.replace('-', ' ')}; it is never in ALARM.`,
        'not-watched',
        context,
      ),
      metric: gauge,
      threshold: 0,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData,
    });
    return AlarmRule.fromAlarm(alarm, AlarmState.INSUFFICIENT_DATA);
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
