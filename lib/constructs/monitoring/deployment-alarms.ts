import { AlarmRule, CompositeAlarm, type IAlarm, type IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import {
  audienceSymptoms,
  type DeadLetters,
  deadLetterSymptom,
  droppedInvocationsSymptom,
  heartbeatSymptom,
  watchFailingSymptom,
} from './deployment-symptoms.ts';
import { FirstLook, suppression } from './first-look.ts';
import { type AlarmContext, alarmOf, describe, type Symptom } from './symptom.ts';

export interface DeploymentAlarmsProps extends AlarmContext {
  readonly actions: readonly IAlarmAction[];
  readonly watch: IFunction;
  readonly deadLetters: readonly DeadLetters[];
  /** Names of the schedule groups of the deployment. */
  readonly scheduleGroups: readonly string[];
  /** Whether alarms are heard through the topic, so that somebody has to be subscribed to it. */
  readonly needsSubscribers: boolean;
}

/** What can be wrong with a deployment as a whole. Each of these calls somebody by itself. */
export class DeploymentAlarms extends Construct {
  /** In ALARM while `watch` says nothing, and nothing is known of any plan. */
  readonly watchSilent: IAlarm;

  constructor(scope: Construct, id: string, props: DeploymentAlarmsProps) {
    super(scope, id);
    this.watchSilent = this.addWatchSilent(props);
    for (const symptom of this.callingSymptoms(props)) alarmOf(this, symptom, props).addAlarmAction(...props.actions);
  }

  private callingSymptoms({ watch, deadLetters, scheduleGroups, needsSubscribers }: DeploymentAlarmsProps): Symptom[] {
    return [
      watchFailingSymptom(watch),
      ...deadLetters.map(deadLetterSymptom),
      ...scheduleGroups.map(droppedInvocationsSymptom),
      ...(needsSubscribers ? audienceSymptoms : []),
    ];
  }

  /** Until the first heartbeat it calls nobody, from then on whenever there is none. */
  private addWatchSilent(props: DeploymentAlarmsProps): IAlarm {
    const { prefix, runbookUrl, actions } = props;
    const firstLook = new FirstLook(this, 'FirstLook', {
      prefix,
      runbookUrl,
      of: 'the deployment',
      gauge: heartbeatSymptom.metric,
    });
    const silent = new CompositeAlarm(this, 'WatchSilent', {
      compositeAlarmName: `${prefix}${heartbeatSymptom.name}`,
      alarmDescription: describe(heartbeatSymptom.means, heartbeatSymptom.name, props),
      alarmRule: AlarmRule.anyOf(alarmOf(this, heartbeatSymptom, props)),
      actionsSuppressor: firstLook.awaited,
      ...suppression,
    });
    silent.addAlarmAction(...actions);
    silent.addOkAction(...actions);
    return silent;
  }
}
