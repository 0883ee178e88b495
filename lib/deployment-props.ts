import type { Environment } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { MonitoringProps, NotifyProps } from './monitoring-props.ts';
import type { PlanProps } from './plan-props.ts';
import type { VaultProps } from './vault-props.ts';

/** One deployment as an operator writes it: its plans, and where they are kept. */
export interface DeploymentProps {
  /** The plans by name. A name is `[a-z][a-z0-9-]{0,39}`, is part of every backup's name, and so must never change. */
  readonly plans: Readonly<Record<string, PlanProps>>;

  /**
   * Short stable id of the deployment, `[a-z0-9]{4,16}`. It is in the name of every backup taken, and nothing else is ever deleted:
   * change it, and all backups taken so far become somebody else's. No two deployments of one account and Region may share it.
   *
   * @default - eight characters derived from the stack's name
   */
  readonly owner?: string;

  /**
   * First part of every backup's name, `[a-zA-Z0-9_-]{1,32}`. As with `owner`, backups named otherwise are left alone.
   *
   * @default 'scheduled'
   */
  readonly backupNamePrefix?: string;

  /**
   * Names of tables that rehearsed restores create, and delete, begin with this. `[a-zA-Z0-9_.-]{8,64}`, with `-`, `_` or `.` at its
   * end. No plan may cover a table named so.
   *
   * @default 'ddb-drill-'
   */
  readonly drillTablePrefix?: string;

  /**
   * The KMS key of ledger, queues, alarm topic and logs; `aws-owned` for keys that AWS owns and that cost nothing. The policy of a key of your own
   * must let CloudWatch Logs use it for the deployment's log groups, and CloudWatch (`cloudwatch.amazonaws.com`) `kms:Decrypt` and
   * `kms:GenerateDataKey*`, or no alarm can be sent.
   *
   * @default - one customer key for the deployment, rotated yearly, about 1 USD a month in each Region
   */
  readonly encryptionKey?: IKey | 'aws-owned';

  /**
   * Where recovery points go. Only where a plan has engine `aws-backup`.
   *
   * @default - a vault of the deployment with its key, not locked
   */
  readonly vault?: VaultProps;

  /**
   * How long logs are kept.
   *
   * @default RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: RetentionDays;

  /**
   * Concurrent runs to reserve for each job. Nothing depends on it: one prune at a time is ensured by a lease in the ledger. Young
   * accounts have no concurrency to spare, and a reservation then fails the deployment.
   *
   * @default - none reserved
   */
  readonly reservedConcurrency?: { readonly backup?: number; readonly prune?: number };

  /**
   * Whether what happens is told on the account's default EventBridge bus (docs/events.md); `false` for nothing.
   *
   * @default - it is told
   */
  readonly events?: false;

  /**
   * Who hears of an alarm.
   *
   * @default - the topic of the deployment, to which nobody is subscribed yet
   */
  readonly notify?: NotifyProps;

  /**
   * What is watched: gauges, alarms and a dashboard, in a stack of their own; `false` for none of it.
   *
   * @default - everything, per table
   */
  readonly monitoring?: MonitoringProps | false;
}

export interface DynamoBackupsProps extends DeploymentProps {
  /**
   * Account and Region of the deployment.
   *
   * @default - those of the shell that deploys
   */
  readonly env?: Environment;

  /**
   * Deploys the same plans to each of these Regions of the account, each on its own: with its own ledger and its own backups.
   *
   * @default - the Region of `env`
   */
  readonly regions?: readonly string[];
}
