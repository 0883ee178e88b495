import type { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Attributes } from '../lambda/domain/drill/attribute-value.ts';
import type { SettingName } from '../lambda/domain/settings.ts';
import type { TableConstruct } from './table-construct.ts';

/** Rehearsed restores: each restores one backup into a table of its own, validates and times it, and deletes that table. */
export interface DrillProps {
  /** An expression of EventBridge Scheduler. */
  readonly schedule: string;

  /**
   * The IANA time zone of `schedule`.
   *
   * @default 'UTC'
   */
  readonly timeZone?: string;

  /**
   * Which tables a run drills: the `tablesPerRun` that waited longest since their last drill, or `all`.
   *
   * @default 'least-recently-proven'
   */
  readonly pick?: 'least-recently-proven' | 'all';

  /**
   * How many tables a run drills, unless it drills all. At least 1.
   *
   * @default 5
   */
  readonly tablesPerRun?: number;

  /**
   * How many gigabytes (10^9 bytes) a run restores, for a restore is charged by size. A table larger than this is drilled alone.
   *
   * @default - no limit
   */
  readonly gigabytesPerRun?: number;

  /**
   * Which backup of a table is restored; `point-in-time` restores a time instead, the latest restorable one unless `restoreTo` chooses.
   *
   * @default 'latest'
   */
  readonly backup?: 'latest' | 'random' | 'oldest' | 'point-in-time';

  /**
   * The time that `point-in-time` restores to. A table whose point-in-time recovery does not reach it fails its drill.
   *
   * @default - the latest restorable time
   */
  readonly restoreTo?: RestoreToProps;

  /**
   * Another Region of the account and partition to restore into, as after the loss of the deployment's own. It needs `encryptionKey`, and
   * a deployment whose own Region is known at synth. AWS Backup restores recovery points in the Region of their vault only.
   *
   * @default - the Region of the deployment
   */
  readonly region?: string;

  /**
   * How many drills restore at once, 1 to 40. AWS restores 50 tables of an account and Region at once, those of people included.
   *
   * @default 5
   */
  readonly concurrentRestores?: number;

  /**
   * How the drill table is billed. `as-backed-up` provisions the capacity the source had, as AWS Backup does in any case.
   *
   * @default 'on-demand'
   */
  readonly billing?: 'on-demand' | 'as-backed-up';

  /**
   * Which secondary indexes are restored: of recovery points, all. A time measured without some of them says nothing about a real restore.
   *
   * @default 'all'
   */
  readonly indexes?: 'all' | 'none' | readonly string[];

  /**
   * The KMS key of the drill table, of the Region it is restored into; `aws-managed` for that Region's `alias/aws/dynamodb`, `aws-owned`
   * for a key that AWS owns. Must be given with `region`.
   *
   * @default - the key of the source table
   */
  readonly encryptionKey?: Pick<IKey, 'keyArn' | 'env' | 'node'> | 'aws-managed' | 'aws-owned';

  /**
   * When a drill gives up. At most 7 days, and longer than `objectives.recoveryTime`.
   *
   * @default Duration.days(1)
   */
  readonly timeout?: Duration;

  /**
   * Which settings of the source are applied to the drill table, timed as part of the restore. `kinesis-destination` and `alarms` act
   * outside that table.
   *
   * @default - all but `kinesis-destination` and `alarms`
   */
  readonly rearm?: readonly SettingName[];

  /**
   * How the restored data is validated.
   *
   * @default - 1,000 items or 1 MiB of them are read
   */
  readonly validate?: DrillValidationProps;

  /**
   * Whether AWS Backup is told what the validation of a restored recovery point found, for its console and reports: passed or not, and in which
   * phase, but nothing of any item.
   *
   * @default false
   */
  readonly reportToAwsBackup?: boolean;
}

/** A time of the past that moves along with the drills: a date written into a plan would soon be out of reach. */
export interface RestoreToProps {
  /** How long before the drill's scheduled time: at least 5 minutes, which is as near as recovery comes, and shorter than 35 days. */
  readonly before: Duration;
}

export interface DrillValidationProps {
  /**
   * How many items are read at most, spread over the table. 1 to 1,000,000.
   *
   * @default 1000
   */
  readonly items?: number;

  /**
   * How many bytes are read at most.
   *
   * @default 1_048_576
   */
  readonly bytes?: number;

  /**
   * Items that must be found as expected, at most 100.
   *
   * @default - none in particular
   */
  readonly checks?: readonly DrillCheckProps[];

  /**
   * A function that gives its own verdict on the restored table, of the Region of the deployment.
   *
   * @default - no function is asked
   */
  readonly function?: Pick<IFunction, 'functionArn' | 'env' | 'node'>;

  /**
   * How long the function may take. Whole seconds, 1 to 840.
   *
   * @default Duration.minutes(1)
   */
  readonly functionTimeout?: Duration;
}

export interface DrillCheckProps {
  /** A table the plan covers, by name or as a construct. */
  readonly table: string | TableConstruct;
  /** The key of an item as DynamoDB JSON: `{ id: { S: '7' } }`. */
  readonly key: Attributes;
  /** Attributes the item must have, with these values, as DynamoDB JSON. None: the item must exist. */
  readonly expect: Attributes;
}
