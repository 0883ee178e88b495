import type { Duration } from 'aws-cdk-lib';
import { type Alarm, AlarmRule, CompositeAlarm, type IAlarm, type IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { watchMetrics } from '../../../lambda/contract/metrics.ts';
import type { Plan } from '../../../lambda/domain/plan.ts';
import { backupSymptoms } from './backup-symptoms.ts';
import { drillSymptoms } from './drill-symptoms.ts';
import { FirstLook, suppression } from './first-look.ts';
import { planGauge } from './gauges.ts';
import { Pause } from './pause.ts';
import { protectionSymptoms } from './protection-symptoms.ts';
import { retentionSymptoms } from './retention-symptoms.ts';
import { type AlarmContext, alarmOf, describe } from './symptom.ts';

export interface PlanAlarmsProps extends AlarmContext {
  readonly plan: Plan;
  readonly actions: readonly IAlarmAction[];
  /** Is in ALARM while watch cannot say everything, and calls somebody itself. */
  readonly watchSilent: IAlarm;
  /** @default - 30 days */
  readonly forecast?: Duration | undefined;
  /** Until when the plan calls nobody. @default - it calls */
  readonly pausedUntil?: Date | undefined;
}

/** Everything that can be wrong with one plan, and the one alarm that calls somebody about it: one incident is one call. */
export class PlanAlarms extends Construct {
  /** What is wrong. None of these calls anybody. */
  readonly symptoms: readonly Alarm[];
  /** In ALARM while any symptom is; its message names the one that came first. */
  readonly unhealthy: CompositeAlarm;
  /** Where the runbook explains them. */
  readonly headings: readonly string[];

  constructor(scope: Construct, id: string, props: PlanAlarmsProps) {
    super(scope, id);
    const { plan, actions, watchSilent, forecast, pausedUntil } = props;
    const context = { prefix: `${props.prefix}${plan.name}/`, runbookUrl: props.runbookUrl };
    const symptoms = [
      ...backupSymptoms(plan),
      ...protectionSymptoms(plan),
      ...retentionSymptoms(plan),
      ...drillSymptoms(plan, forecast),
    ];
    this.symptoms = symptoms.map((symptom) => alarmOf(this, symptom, context));
    this.headings = symptoms.map(({ name }) => name);
    const firstLook = new FirstLook(this, 'FirstLook', {
      ...context,
      of: `plan ${plan.name}`,
      gauge: planGauge(plan.name, watchMetrics.protectedTables),
      silencedBy: watchSilent,
    });
    this.unhealthy = new CompositeAlarm(this, 'Unhealthy', {
      compositeAlarmName: `${context.prefix}plan-unhealthy`,
      alarmDescription: describe(
        `Something is wrong with plan ${plan.name}: the reason below names the alarm that says what.`,
        'plan-unhealthy',
        context,
      ),
      alarmRule: AlarmRule.anyOf(...this.symptoms),
      actionsSuppressor: firstLook.awaited,
      ...suppression,
    });
    this.unhealthy.addAlarmAction(...actions);
    this.unhealthy.addOkAction(...actions);
    if (pausedUntil)
      new Pause(this, 'Pause', { of: `plan ${plan.name}`, until: pausedUntil, alarms: [this.unhealthy] });
  }
}
