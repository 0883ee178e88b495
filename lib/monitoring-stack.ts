import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { scheduleGroupName } from '../lambda/contract/schedules.ts';
import type { CheckedDeployment } from './checked-deployment.ts';
import type { Ledger } from './constructs/ledger.ts';
import { Alarms } from './constructs/monitoring/alarms.ts';
import { BackupDashboard } from './constructs/monitoring/dashboard.ts';
import { type DeadLetters, deadLettersOf } from './constructs/monitoring/deployment-symptoms.ts';
import { Notifications } from './constructs/monitoring/notifications.ts';
import { Watch } from './constructs/watch.ts';
import { WeeklySummary } from './constructs/weekly-summary.ts';
import type { MonitoringProps, NotifyProps } from './monitoring-props.ts';

export interface MonitoringStackProps extends StackProps {
  readonly deployment: CheckedDeployment;
  readonly ledger: Ledger;
  readonly encryptionKey: IKey | undefined;
  readonly logRetention?: RetentionDays | undefined;
  readonly monitoring?: MonitoringProps | undefined;
  readonly notify?: NotifyProps | undefined;
  /** The queues of the other stacks. */
  readonly deadLetters: readonly DeadLetters[];
}

/** The default of `MonitoringProps.forecast`. */
const usualForecastDays = 30;

/** Watches a deployment, on a path of its own: what stops backups does not stop this. */
export class MonitoringStack extends Stack {
  constructor(scope: Construct, id: string, props: MonitoringStackProps) {
    super(scope, id, props);
    const { deployment, ledger, encryptionKey, logRetention = RetentionDays.THREE_MONTHS, monitoring, notify } = props;
    const { owner } = deployment;
    const shared = { deployment, ledger, encryptionKey, logRetention };
    const notifications = new Notifications(this, 'Notifications', { ...notify, owner, encryptionKey });
    const { topic } = notifications;
    const watch = new Watch(this, 'Watch', { ...shared, ...monitoring, topic });
    const { headings } = new Alarms(this, 'Alarms', {
      ...monitoring,
      deployment,
      notifications,
      watch: watch.job.function,
      deadLetters: [...props.deadLetters, ...deadLettersOf('watch', watch)],
      scheduleGroups: scheduleGroups(deployment),
    });
    new CfnOutput(this, 'AlarmTopicArn', { value: topic.topicArn });
    if (monitoring?.dashboard !== false) this.addDashboard(deployment, headings, monitoring);
    if (!notifications.isHeard || notify?.weeklySummary === false) return;
    new WeeklySummary(this, 'WeeklySummary', {
      ...shared,
      watch,
      topic,
      topicKey: notify?.topic ? undefined : encryptionKey,
      schedule: notify?.weeklySummary,
    });
  }

  private addDashboard(
    deployment: CheckedDeployment,
    headings: readonly string[],
    monitoring: MonitoringProps = {},
  ): void {
    const { detail = 'table', forecast, runbookUrl = 'docs/runbook.md' } = monitoring;
    new BackupDashboard(this, 'Dashboard', {
      ...deployment,
      detail,
      forecastDays: forecast?.toDays() ?? usualForecastDays,
      runbook: { url: runbookUrl, headings },
    });
  }
}

function scheduleGroups({ owner, plans }: CheckedDeployment): string[] {
  const { backup, drill, monitoring } = scheduleGroupName;
  const groups = plans.some((plan) => plan.drill) ? [backup, drill, monitoring] : [backup, monitoring];
  return groups.map((name) => name(owner));
}
