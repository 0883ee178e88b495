import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { alarmNamePrefix } from '../../../lambda/contract/alarms.ts';
import type { CheckedDeployment } from '../../checked-deployment.ts';
import type { MonitoringProps } from '../../monitoring-props.ts';
import { DeploymentAlarms } from './deployment-alarms.ts';
import type { DeadLetters } from './deployment-symptoms.ts';
import type { Notifications } from './notifications.ts';
import { PlanAlarms } from './plan-alarms.ts';

export interface AlarmsProps extends Pick<MonitoringProps, 'forecast' | 'runbookUrl'> {
  readonly deployment: CheckedDeployment;
  readonly notifications: Notifications;
  readonly watch: IFunction;
  readonly deadLetters: readonly DeadLetters[];
  /** Names of the schedule groups of the deployment. */
  readonly scheduleGroups: readonly string[];
}

/** All alarms of a deployment, each with a heading in the runbook. */
export class Alarms extends Construct {
  readonly ofDeployment: DeploymentAlarms;
  readonly ofPlans: readonly PlanAlarms[];
  /** The headings of the runbook that explain them, each once. */
  readonly headings: readonly string[];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { deployment, notifications, watch, deadLetters, scheduleGroups, forecast } = props;
    const { actions, needsSubscribers } = notifications;
    const { runbookUrl = 'docs/runbook.md' } = props;
    const context = { prefix: alarmNamePrefix(deployment.owner), runbookUrl };
    this.ofDeployment = new DeploymentAlarms(this, 'Deployment', {
      ...context,
      actions,
      watch,
      deadLetters,
      scheduleGroups,
      needsSubscribers,
    });
    const { watchSilent } = this.ofDeployment;
    this.ofPlans = deployment.plans.map(
      (plan) =>
        new PlanAlarms(this, plan.name, {
          ...context,
          plan,
          actions,
          watchSilent,
          forecast,
          pausedUntil: deployment.pausedUntil.get(plan.name),
        }),
    );
    this.headings = [...new Set([...this.ofPlans, this.ofDeployment].flatMap(({ headings }) => headings))];
  }
}
