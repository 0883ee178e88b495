import type { Duration } from 'aws-cdk-lib';
import type { DrillProps } from './drill-props.ts';
import type { TableConstruct } from './table-construct.ts';

/** One plan as an operator writes it: the named promise about a set of tables. Its name is its key in `plans`. */
export interface PlanProps {
  /** Which tables the plan covers. At least one of `named`, `matching` and `tagged` must choose something. */
  readonly tables: TablesProps;

  /** When backups are taken, and by which engine. */
  readonly backup: BackupProps;

  /** What retention keeps. At least one rule; a backup stays while any rule, or any floor, keeps it. */
  readonly keep: KeepProps;

  /**
   * How many restorable backups of each table stay whatever the rules say. At least 1.
   *
   * @default 3
   */
  readonly minimumCopies?: number;

  /**
   * What the plan promises about loss and restore time.
   *
   * @default - nothing is promised, so nothing is checked against it
   */
  readonly objectives?: ObjectivesProps;

  /**
   * How expired backups are deleted.
   *
   * @default - on a schedule derived from the backup schedule, in mode `enforce`, with the default deletion cap
   */
  readonly prune?: PruneProps;

  /**
   * That point-in-time recovery is on, and how far back it reaches.
   *
   * @default - nothing is promised, and it stays as it is; taking this away turns it off nowhere
   */
  readonly pointInTimeRecovery?: PointInTimeRecoveryProps;

  /**
   * How restores are rehearsed and timed.
   *
   * @default - never: nobody knows whether and how fast the backups come back
   */
  readonly drill?: DrillProps;

  /**
   * Until when the plan's alarms call nobody, such as for a migration: an ISO 8601 instant with its offset (`2026-12-01T08:00:00Z`) or a
   * `Date`, at most a year away. Backups, drills and the evaluation of the alarms go on, and from that instant on they call again.
   *
   * @default - they call
   */
  readonly pausedUntil?: string | Date;
}

/** Tables of the stack's own account and Region. A table is covered when any of the first three chooses it and `except` does not. */
export interface TablesProps {
  /**
   * Tables by name, or as constructs. A construct of another account, Region or partition is refused at synth.
   *
   * @default - none by name
   */
  readonly named?: readonly (string | TableConstruct)[];

  /**
   * Patterns of table names: `*` stands for any characters, `?` for one.
   *
   * @default - none by pattern
   */
  readonly matching?: readonly string[];

  /**
   * Tags a table must carry, all of them, with exactly these values.
   *
   * @default - none by tag
   */
  readonly tagged?: Readonly<Record<string, string>>;

  /**
   * Names or patterns of tables to leave out, however they were chosen.
   *
   * @default - none is left out
   */
  readonly except?: readonly string[];
}

export interface BackupProps {
  /** An expression of EventBridge Scheduler: `rate(1 hour)`, `cron(0 3 * * ? *)` or `at(2026-11-20T03:00:00)`. At most 256 characters. */
  readonly schedule: string;

  /**
   * The IANA time zone of `schedule`, and of the calendar that `keep` counts in.
   *
   * @default 'UTC'
   */
  readonly timeZone?: string;

  /**
   * How late Scheduler may start a run in order to spread load. Whole minutes, 1 to 1440.
   *
   * @default - runs start on time
   */
  readonly flexibleWindow?: Duration;

  /**
   * What takes the backups: DynamoDB itself, or AWS Backup, whose recovery points lie in a vault that can be locked and can go to cold storage.
   * `both` deploys a second plan beside this one, `<name>-vault` of AWS Backup: each engine has its own result, retention and alarms.
   * A plan must not change its engine: the backups it has would be judged by nobody. From `dynamodb` to `both` is no change.
   *
   * @default 'dynamodb'
   */
  readonly engine?: 'dynamodb' | 'aws-backup' | 'both';

  /**
   * How AWS Backup takes and keeps recovery points. Not with engine `dynamodb`.
   *
   * @default - the defaults of each
   */
  readonly awsBackup?: AwsBackupProps;
}

export interface AwsBackupProps {
  /**
   * How long a job may wait for its start; then it has failed. Whole minutes, at least 60. It counts as part of the longest gap between two
   * backups.
   *
   * @default Duration.hours(1)
   */
  readonly startWindow?: Duration;

  /**
   * How long after its request a job must be complete; then it has failed. Whole minutes, at least 120, and longer than `startWindow`.
   *
   * @default Duration.hours(8)
   */
  readonly completionWindow?: Duration;

  /**
   * After how many days a recovery point goes to cold storage. Only one that `keep` wants for 90 days more goes there, for which AWS bills in
   * any case; and none leaves it before.
   *
   * @default - never
   */
  readonly coldAfter?: Duration;

  /**
   * When AWS deletes a recovery point by itself, whatever floors, holds and a table that is gone would say: a backstop against one that nobody
   * prunes. At least as long as `keep` may want a backup.
   *
   * @default - never; in a locked vault, for as long as `keep` may want it
   */
  readonly deleteAfter?: Duration;

  /**
   * Where each recovery point is copied to once it is complete. Each place has a retention of its own.
   *
   * @default - nowhere
   */
  readonly copies?: readonly CopyProps[];
}

/** One place that recovery points are copied to. */
export interface CopyProps {
  /** The Region the copies go to: another one than the deployment's, unless `vaultArn` names another vault there. */
  readonly region: string;

  /**
   * The account of `vaultArn`, once more, so that nobody copies to a wrong one.
   *
   * @default - the account that `vaultArn` names
   */
  readonly account?: string;

  /**
   * ARN of a vault that exists, in this account or another one of the organization. Its key, policy and lock are not the app's. Copies in another
   * account cannot be deleted from here, so each is told when it is made how long it stays; and the stack prints the access policy that the
   * vault needs.
   *
   * @default - a vault that the app deploys to `region` of its own account
   */
  readonly vaultArn?: string;

  /** What retention keeps of the copies. */
  readonly keep: KeepProps;

  /**
   * After how many days a copy goes to cold storage, as `coldAfter` of the plan's own recovery points.
   *
   * @default - never
   */
  readonly coldAfter?: Duration;

  /**
   * Whether each run of the plan's drills also restores copies of this place, in their own Region. Only in this account, and one place of a
   * Region. What the other Region does not have is left out: settings bound to the table's Region, a point in time, and a key, instead of
   * which AWS manages one.
   *
   * @default false
   */
  readonly drill?: boolean;
}

/** Retention rules, OR-ed. Each counts at least 1. */
export interface KeepProps {
  /**
   * The newest so many backups.
   *
   * @default - no such rule
   */
  readonly last?: number;
  /**
   * The newest backup of each of so many hours that have one.
   *
   * @default - no such rule
   */
  readonly hourly?: number;
  /**
   * The newest backup of each of so many days that have one.
   *
   * @default - no such rule
   */
  readonly daily?: number;
  /**
   * The newest backup of each of so many ISO weeks that have one.
   *
   * @default - no such rule
   */
  readonly weekly?: number;
  /**
   * The newest backup of each of so many months that have one.
   *
   * @default - no such rule
   */
  readonly monthly?: number;
  /**
   * The newest backup of each of so many years that have one.
   *
   * @default - no such rule
   */
  readonly yearly?: number;
  /**
   * Every backup not older than this, measured from the newest restorable backup and not from now.
   *
   * @default - no such rule
   */
  readonly within?: Duration;
}

export interface ObjectivesProps {
  /**
   * RPO: how old the newest restorable backup may become. A backup schedule slower than this is refused at synth.
   *
   * @default - not promised
   */
  readonly recoveryPoint?: Duration;
  /**
   * RTO: how long a restore may take.
   *
   * @default - not promised
   */
  readonly recoveryTime?: Duration;
}

export interface PruneProps {
  /**
   * An expression of EventBridge Scheduler.
   *
   * @default - derived from the backup schedule
   */
  readonly schedule?: string;
  /**
   * The IANA time zone of `schedule`.
   *
   * @default 'UTC'
   */
  readonly timeZone?: string;
  /**
   * `enforce` deletes what expired, `report-only` says what it would delete and deletes nothing: for the first weeks of a deployment.
   *
   * @default 'enforce'
   */
  readonly mode?: 'enforce' | 'report-only';
  /**
   * How many deletions are ordinary. A run that would delete more deletes nothing at all.
   *
   * @default - per table the larger of 5 and 20 %, per run 100
   */
  readonly deletionCap?: DeletionCapProps;
}

export interface DeletionCapProps {
  /**
   * Deletions per table and run that are always ordinary.
   *
   * @default 5
   */
  readonly perTableCount?: number;
  /**
   * Deletions per table and run that are ordinary, in per cent of its backups; the larger of this and the count holds.
   *
   * @default 20
   */
  readonly perTablePercent?: number;
  /**
   * Deletions per run over all tables of the plan.
   *
   * @default 100
   */
  readonly perRun?: number;
}

/** Kept by the backup runs: a table is looked at in the first run with this promise, and every six hours from then on. */
export interface PointInTimeRecoveryProps {
  /**
   * How many days back the tables can be restored to. 1 to 35. A shorter window than a table has forgets at once what lies before it.
   *
   * @default 35
   */
  readonly days?: number;

  /**
   * Whether a table whose point-in-time recovery is off, or has another window, is put right; otherwise it is only reported.
   *
   * @default true
   */
  readonly correct?: boolean;
}
