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
  /** In ALARM while `watch` does not say everything. */
  readonly watchSilent: IAlarm;
  /** Where the runbook explains them. */
  readonly headings: readonly string[];

  constructor(scope: Construct, id: string, props: DeploymentAlarmsProps) {
    super(scope, id);
    this.watchSilent = this.addWatchSilent(props);
    const calling = this.callingSymptoms(props);
    for (const symptom of calling) alarmOf(this, symptom, props).addAlarmAction(...props.actions);
    this.headings = [heartbeatSymptom, ...calling].map(({ name }) => name);
  }

  private callingSymptoms({ deadLetters, scheduleGroups, needsSubscribers }: DeploymentAlarmsProps): Symptom[] {
    return [
      ...deadLetters.map(deadLetterSymptom),
      ...scheduleGroups.map(droppedInvocationsSymptom),
      ...(needsSubscribers ? audienceSymptoms : []),
    ];
  }

  /** Until the first heartbeat it calls nobody, unless watch fails; from then on whenever there is none. */
  private addWatchSilent(props: DeploymentAlarmsProps): IAlarm {
    const { prefix, runbookUrl, actions, watch } = props;
    const heartbeat = alarmOf(this, heartbeatSymptom, props);
    const failing = alarmOf(this, watchFailingSymptom(watch), props);
    const firstLook = new FirstLook(this, 'FirstLook', {
      prefix,
      runbookUrl,
      of: 'the deployment',
      gauge: heartbeatSymptom.metric,
      unless: failing,
    });
    const silent = new CompositeAlarm(this, 'WatchSilent', {
      compositeAlarmName: `${prefix}${heartbeatSymptom.name}`,
      alarmDescription: describe(heartbeatSymptom.means, heartbeatSymptom.name, props),
      alarmRule: AlarmRule.anyOf(heartbeat, failing),
      actionsSuppressor: firstLook.awaited,
      ...suppression,
    });
    silent.addAlarmAction(...actions);
    silent.addOkAction(...actions);
    return silent;
  }
}
