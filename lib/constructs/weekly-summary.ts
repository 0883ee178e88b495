import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { summaryEnvironmentNames, vaultVariables } from '../../lambda/contract/environment.ts';
import { allPlans } from '../../lambda/contract/schedules.ts';
import type { CheckedDeployment } from '../checked-deployment.ts';
import { summaryRoleStatements } from '../permissions/summary-role.ts';
import { tableArns } from '../permissions/table-arns.ts';
import { vaultAccess } from '../permissions/vault-access.ts';
import { JobFunction, logGroupName } from './job-function.ts';
import { JobSchedules } from './job-schedules.ts';
import type { Ledger } from './ledger.ts';
import type { Watch } from './watch.ts';

export interface WeeklySummaryProps {
  readonly deployment: CheckedDeployment;
  readonly ledger: Ledger;
  readonly encryptionKey: IKey | undefined;
  readonly logRetention: RetentionDays;
  /** Its schedule group and queues are shared. */
  readonly watch: Pick<Watch, 'group' | 'undelivered' | 'failedRuns'>;
  /** Who gets the summary is subscribed to it. */
  readonly topic: ITopic;
  /**
   * The key of the topic, where it is the deployment's own.
   *
   * @default - none: a topic of an operator's own brings its permissions along
   */
  readonly topicKey?: IKey | undefined;
  /**
   * An expression of EventBridge Scheduler, in UTC.
   *
   * @default 'cron(0 7 ? * MON *)'
   */
  readonly schedule?: string | undefined;
}

/** Tells people once a week whether the plans keep what they promise, and what needs a person. */
export class WeeklySummary extends Construct {
  constructor(scope: Construct, id: string, props: WeeklySummaryProps) {
    super(scope, id);
    const { deployment, ledger, encryptionKey, logRetention, watch, topic, topicKey } = props;
    const { owner, backupNamePrefix, drillTablePrefix, plans, vault: place } = deployment;
    const tables = tableArns(Stack.of(this), plans);
    const vault = place && vaultAccess(Stack.of(this), place.name, tables);
    // `Default` leaves no trace in the names of what is deployed.
    const { function: summary } = new JobFunction(this, 'Default', {
      job: 'summary',
      description: 'Sends the weekly summary',
      environment: {
        [summaryEnvironmentNames.ledgerTableName]: ledger.tableName,
        [summaryEnvironmentNames.owner]: owner,
        [summaryEnvironmentNames.backupNamePrefix]: backupNamePrefix,
        [summaryEnvironmentNames.drillTablePrefix]: drillTablePrefix,
        [summaryEnvironmentNames.topicArn]: topic.topicArn,
        ...(place && { [vaultVariables.vaultName]: place.name }),
      },
      statements: summaryRoleStatements({ tables, vault, ledger, encryptionKey, topic, topicKey }),
      logGroupName: logGroupName(owner, 'summary'),
      logRetention,
      failedRuns: watch.failedRuns,
      encryptionKey,
    });
    new JobSchedules(this, 'Schedule', {
      job: 'summary',
      function: summary,
      group: watch.group,
      undelivered: watch.undelivered,
      encryptionKey,
      timings: [
        { name: allPlans, input: { plans }, expression: props.schedule ?? 'cron(0 7 ? * MON *)', timeZone: 'UTC' },
      ],
    });
    new CfnOutput(Stack.of(this), 'SummaryFunctionName', { value: summary.functionName });
  }
}
