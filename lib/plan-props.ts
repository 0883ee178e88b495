import type { Duration } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';

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
}

/** A table as a construct: a `Table`, a `TableV2`, or one imported by name or ARN. */
export type TableConstruct = Pick<ITable, 'tableName' | 'tableArn' | 'env' | 'node'>;

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
   * What takes the backups.
   *
   * @default 'dynamodb'
   */
  readonly engine?: 'dynamodb';
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
