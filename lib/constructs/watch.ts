import { CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { ScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import {
  alarmTopicVariable,
  eventBusVariable,
  vaultVariables,
  watchEnvironmentNames,
} from '../../lambda/contract/environment.ts';
import { eventBusName } from '../../lambda/contract/events.ts';
import { allPlans, scheduleGroupName, watchEveryMinutes } from '../../lambda/contract/schedules.ts';
import type { CheckedDeployment } from '../checked-deployment.ts';
import type { MonitoringProps } from '../monitoring-props.ts';
import { copyAccess } from '../permissions/copy-access.ts';
import { tableArns } from '../permissions/table-arns.ts';
import { vaultAccess } from '../permissions/vault-access.ts';
import { watchRoleStatements } from '../permissions/watch-role.ts';
import { FailureQueue } from './failure-queue.ts';
import { JobFunction, logGroupName } from './job-function.ts';
import { JobSchedules } from './job-schedules.ts';
import type { Ledger } from './ledger.ts';

export interface WatchProps extends Pick<MonitoringProps, 'detail' | 'prices'> {
  readonly deployment: CheckedDeployment;
  readonly ledger: Ledger;
  readonly encryptionKey: IKey | undefined;
  readonly logRetention: RetentionDays;
  /** Where alarms go; its subscriptions are counted. */
  readonly topic?: ITopic | undefined;
}

/** List prices of us-east-1. */
const listPrices = { storagePerGigabyteMonth: 0.1, restorePerGigabyte: 0.15 } as const;

/**
 * Looks every 15 minutes at what there really is, and publishes it as gauges. It shares neither role nor schedule group, function nor queue
 * with what it watches, so that whatever stops one does not stop the other.
 */
export class Watch extends Construct {
  readonly job: JobFunction;
  readonly undelivered: FailureQueue;
  readonly failedRuns: FailureQueue;
  /** Of everything that watches. */
  readonly group: ScheduleGroup;

  constructor(scope: Construct, id: string, props: WatchProps) {
    super(scope, id);
    const { deployment, ledger, encryptionKey, topic } = props;
    const tables = tableArns(Stack.of(this), deployment.plans);
    const vault = deployment.vault && vaultAccess(Stack.of(this), deployment.vault.name, tables);
    this.undelivered = new FailureQueue(this, 'UndeliveredEvents', { encryptionKey });
    this.failedRuns = new FailureQueue(this, 'FailedRuns', { encryptionKey });
    // `Default` leaves no trace in the names of what is deployed.
    this.job = new JobFunction(this, 'Default', {
      job: 'watch',
      description: 'Publishes how well the tables are protected',
      environment: environmentOf(props),
      statements: watchRoleStatements({
        tables,
        vault,
        copies: vault && copyAccess(Stack.of(this), vault, deployment.copyVaults),
        ledger,
        encryptionKey,
        sendsEvents: deployment.sendsEvents,
        topic,
      }),
      logGroupName: logGroupName(deployment.owner, 'watch'),
      logRetention: props.logRetention,
      failedRuns: this.failedRuns,
      encryptionKey,
    });
    this.group = new ScheduleGroup(this, 'Schedules', {
      scheduleGroupName: scheduleGroupName.monitoring(deployment.owner),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new JobSchedules(this, 'Schedule', {
      job: 'watch',
      function: this.job.function,
      group: this.group,
      undelivered: this.undelivered,
      encryptionKey,
      timings: [
        {
          name: allPlans,
          input: { plans: deployment.plans },
          expression: `rate(${watchEveryMinutes} minutes)`,
          timeZone: 'UTC',
        },
      ],
    });
    new CfnOutput(Stack.of(this), 'WatchFunctionName', { value: this.job.function.functionName });
  }
}

function environmentOf({ deployment, ledger, detail = 'table', prices, topic }: WatchProps): Record<string, string> {
  const { storagePerGigabyteMonth, restorePerGigabyte } = { ...listPrices, ...prices };
  return {
    [watchEnvironmentNames.ledgerTableName]: ledger.tableName,
    [watchEnvironmentNames.owner]: deployment.owner,
    [watchEnvironmentNames.backupNamePrefix]: deployment.backupNamePrefix,
    [watchEnvironmentNames.drillTablePrefix]: deployment.drillTablePrefix,
    [watchEnvironmentNames.detail]: detail,
    [watchEnvironmentNames.storagePrice]: String(storagePerGigabyteMonth),
    [watchEnvironmentNames.restorePrice]: String(restorePerGigabyte),
    ...(topic && { [alarmTopicVariable]: topic.topicArn }),
    ...(deployment.vault && { [vaultVariables.vaultName]: deployment.vault.name }),
    ...(deployment.sendsEvents && { [eventBusVariable]: eventBusName }),
  };
}
