import type { Duration } from 'aws-cdk-lib';
import { type Alarm, AlarmRule, CompositeAlarm, type IAlarm, type IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { watchMetrics } from '../../../lambda/contract/metrics.ts';
import type { Plan } from '../../../lambda/domain/plan.ts';
import { backupSymptoms } from './backup-symptoms.ts';
import { copySymptoms } from './copy-symptoms.ts';
import { drillSymptoms } from './drill-symptoms.ts';
import { FirstLook, suppression } from './first-look.ts';
import { planGauge } from './gauges.ts';
import { Pause } from './pause.ts';
import { protectionSymptoms } from './protection-symptoms.ts';
import { retentionSymptoms } from './retention-symptoms.ts';
import { type AlarmContext, alarmOf, type Caller, describe, type PlanSymptom } from './symptom.ts';

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

/** Everything that can be wrong with one plan, and the alarms that call somebody about it: one incident is one call, and hides no other. */
export class PlanAlarms extends Construct {
  /** What is wrong, whoever calls about it. */
  readonly symptoms: readonly Alarm[];
  /** In ALARM while backups do not come; its message names the symptom that came first. */
  readonly unhealthy: CompositeAlarm;
  /** In ALARM while something else of the plan needs care. */
  readonly degraded: CompositeAlarm;
  /** Where the runbook explains them. */
  readonly headings: readonly string[];

  constructor(scope: Construct, id: string, props: PlanAlarmsProps) {
    super(scope, id);
    const { plan, actions, pausedUntil } = props;
    const context = { prefix: `${props.prefix}${plan.name}/`, runbookUrl: props.runbookUrl };
    const symptoms = symptomsOf(props);
    const raised = symptoms.map((symptom) => ({ caller: symptom.caller, alarm: alarmOf(this, symptom, context) }));
    const heardBy = (caller: Caller): Alarm[] => raised.flatMap((each) => (each.caller === caller ? [each.alarm] : []));
    this.symptoms = raised.map(({ alarm }) => alarm);
    this.headings = symptoms.map(({ name }) => name);

    const { awaited } = this.firstLook(props, context);
    this.unhealthy = this.calling('Unhealthy', heardBy('unhealthy'), {
      ...context,
      means: `Backups of plan ${plan.name} do not come as promised: the reason below names the alarm that says why.`,
      suppressor: awaited,
    });
    this.degraded = this.calling('Degraded', heardBy('degraded'), {
      ...context,
      means: `A run of plan ${plan.name}, its retention, its copies or its drills need care: the reason below names the alarm that says why.`,
      suppressor: awaited,
    });
    const calling = [this.unhealthy, this.degraded, ...heardBy('itself')];
    for (const alarm of calling) {
      alarm.addAlarmAction(...actions);
      alarm.addOkAction(...actions);
    }
    if (pausedUntil) new Pause(this, 'Pause', { of: `plan ${plan.name}`, until: pausedUntil, alarms: calling });
  }

  private firstLook({ plan, watchSilent }: PlanAlarmsProps, context: AlarmContext): FirstLook {
    return new FirstLook(this, 'FirstLook', {
      ...context,
      of: `plan ${plan.name}`,
      gauge: planGauge(plan.name, watchMetrics.protectedTables),
      silencedBy: watchSilent,
    });
  }

  private calling(id: 'Unhealthy' | 'Degraded', alarms: readonly Alarm[], props: CallingProps): CompositeAlarm {
    const name = `plan-${id.toLowerCase()}`;
    return new CompositeAlarm(this, id, {
      compositeAlarmName: `${props.prefix}${name}`,
      alarmDescription: describe(props.means, name, props),
      alarmRule: AlarmRule.anyOf(...alarms),
      actionsSuppressor: props.suppressor,
      ...suppression,
    });
  }
}

interface CallingProps extends AlarmContext {
  readonly means: string;
  readonly suppressor: IAlarm;
}

function symptomsOf({ plan, forecast }: PlanAlarmsProps): PlanSymptom[] {
  return [
    ...backupSymptoms(plan),
    ...protectionSymptoms(plan),
    ...retentionSymptoms(plan),
    ...copySymptoms(plan),
    ...drillSymptoms(plan, forecast),
  ];
}
