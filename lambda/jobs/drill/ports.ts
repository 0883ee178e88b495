import type { DrillPlan } from '../../domain/plan.ts';
import type { SettingName } from '../../domain/settings.ts';
import type { Failure } from '../ports.ts';

/**
 * What a restore reads: one backup of DynamoDB, one recovery point of AWS Backup (and of which table incarnation it is), or a table as it was at
 * an instant (ISO 8601; its latest restorable one when none is given).
 */
export type RestoreSource =
  | { readonly kind: 'backup'; readonly arn: string }
  | { readonly kind: 'recovery-point'; readonly arn: string; readonly tableId: string }
  | { readonly kind: 'point-in-time'; readonly table: string; readonly at?: string };

export interface RestoreRequest {
  readonly source: RestoreSource;
  /** ARN of the backup, or of the table of a point in time: what another Region finds it by. */
  readonly sourceArn: string;
  readonly target: string;
  /** Since when the restore may have been asked for; ISO 8601. */
  readonly announcedAt: string;
  /** Jobs that are known to be of another restore. */
  readonly otherJobs?: readonly string[];
  readonly billing: DrillPlan['billing'];
  readonly indexes: DrillPlan['indexes'];
  readonly encryptionKey?: DrillPlan['encryptionKey'];
}

export type RestoreOutcome =
  /**
   * `job` is what `progress` knows the restore by; without one, the table itself is all there is to look at. `tableId` is that of the table, where
   * it is known at once.
   */
  | { readonly kind: 'accepted'; readonly job?: string; readonly tableId?: string }
  /** A table of that name is there, or being restored: ours after a lost answer, or somebody's. */
  | { readonly kind: 'exists' }
  /** Nothing was started. `retriable` says whether trying again can help. */
  | { readonly kind: 'refused'; readonly failure: Failure; readonly retriable: boolean }
  /** Nothing was started: as many restores are under way as AWS lets an account have. */
  | { readonly kind: 'no-room'; readonly failure: Failure }
  /** The answer was lost: the restore may have begun. Look before trying again. */
  | { readonly kind: 'unknown'; readonly failure: Failure };

/** What came of a validation, in words that quote no item. */
export interface ValidationVerdict {
  readonly isPassed: boolean;
  readonly message: string;
}

/** How far a restore is that has a job. */
export type RestoreProgress =
  | { readonly kind: 'under-way' }
  /** When the job was asked for and when the table was ACTIVE, by AWS's clock. */
  | { readonly kind: 'done'; readonly startedAt: Date; readonly endedAt: Date }
  /** It ended, and there is no table. */
  | { readonly kind: 'failed'; readonly failure: Failure }
  /** Nobody knows: AWS could not be asked. */
  | { readonly kind: 'unanswered'; readonly failure: Failure };

/** A table as a drill sees it. */
export interface RestoredTable {
  readonly name: string;
  readonly arn: string;
  readonly tableId: string;
  /** `CREATING`, `ACTIVE`, `INACCESSIBLE_ENCRYPTION_CREDENTIALS` … as DynamoDB names it. */
  readonly status: string;
  readonly createdAt: Date;
  readonly deletionProtection: boolean;
  /** ARN of the backup or table it is restored from; DynamoDB forgets it once the table is ACTIVE. */
  readonly restoredFrom: string | undefined;
  readonly isRestoring: boolean;
  /** Status of each secondary index by name; a local one is always ACTIVE. */
  readonly indexes: Readonly<Record<string, string>>;
  readonly shape: TableShape;
}

/** What must be the same in a table and in what was restored from its backup. */
export interface TableShape {
  /** Attribute names and types, keys first: `id (S) HASH`. */
  readonly keySchema: readonly string[];
  /** Key schema and projection of each secondary index, by name. */
  readonly indexes: Readonly<Record<string, string>>;
  readonly billing: 'on-demand' | 'provisioned';
  /** `aws-owned`, or the ARN of the key. */
  readonly encryption: string;
}

export type TableLook =
  | { readonly kind: 'found'; readonly table: RestoredTable }
  | { readonly kind: 'missing' }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** What a backup says about the table it was taken of. */
export interface BackedUpTable {
  readonly tableId: string;
  /** Of the backup, or of the table that is restored to a point in time. */
  readonly arn: string;
  /** What DynamoDB shows as the origin of a table restored from it, where that is not `arn`. */
  readonly originArn?: string;
  /** As far as it is known: a recovery point itself tells nothing of it. Its encryption may be `aws-managed` there. */
  readonly shape: Partial<TableShape>;
  readonly sizeBytes: number;
  /** Up to six hours old; only tells a table that had items from one that had none. A recovery point does not tell it. */
  readonly itemCount?: number;
  /** Set where a restore first has to fetch it from cold storage. */
  readonly storage?: 'cold';
}

export type SourceLook =
  | { readonly kind: 'found'; readonly source: BackedUpTable }
  | { readonly kind: 'missing' }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** Between which instants a table can be restored to a point in time; `unavailable` while its point-in-time recovery is off. */
export type RestorableWindow =
  | { readonly kind: 'window'; readonly earliest: Date; readonly latest: Date }
  | { readonly kind: 'unavailable' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'failed'; readonly failure: Failure };

export type TableDeletion =
  | { readonly kind: 'deleting' }
  | { readonly kind: 'missing' }
  /** CREATING, UPDATING or being backed up: possible later. */
  | { readonly kind: 'busy'; readonly failure: Failure }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** How much of a table is read: at most so many items, and no further than so many bytes. */
export interface SampleLimits {
  readonly items: number;
  readonly bytes: number;
  /** About how many the table has; up to six hours old. */
  readonly expectedItems: number;
}

/** How much was read. */
export interface ItemSample {
  readonly examined: number;
  readonly bytes: number;
  /** Whether that was all there is. */
  readonly isWhole: boolean;
}

export type SampleOutcome =
  { readonly kind: 'read'; readonly sample: ItemSample } | { readonly kind: 'failed'; readonly failure: Failure };

export type ItemCheck = DrillPlan['validate']['checks'][number];

export type CheckOutcome =
  | { readonly kind: 'as-expected' }
  | { readonly kind: 'different'; readonly found: string }
  | { readonly kind: 'failed'; readonly failure: Failure };

/**
 * Restores and the tables they create, which may be of another Region than what is restored. Only `describeSource` and `restorableWindow`
 * are about the Region of the backups; all else is about that of the restored tables.
 */
export interface Restores {
  /** > A restore that has a job is asked for once: what was asked for before is found again, however often it is asked. */
  start(request: RestoreRequest): Promise<RestoreOutcome>;
  /** How far the job of a restore into `target` is. */
  progress(job: string, target: string): Promise<RestoreProgress>;
  /** Tells AWS Backup what came of the validation of a restore that is done; answers why it did not take it. Never throws. */
  reportValidation(job: string, verdict: ValidationVerdict): Promise<Failure | undefined>;
  look(tableName: string): Promise<TableLook>;
  /**
   * Which of the rights that a restore needs of its caller on its target the caller has not, by the names of their actions. Only for a table
   * that is gone or going: it asks for items as a restore does. Empty, too, when nobody answers.
   */
  rightsLostOn(tableName: string): Promise<readonly string[]>;
  /** What a backup, or a table that is restored to a point in time, looks like. */
  describeSource(source: RestoreSource): Promise<SourceLook>;
  restorableWindow(tableName: string): Promise<RestorableWindow>;
  removeProtection(tableName: string): Promise<TableDeletion>;
  delete(tableName: string): Promise<TableDeletion>;
  /** Really reads items, out of segments drawn with `draw`. */
  sample(tableName: string, limits: SampleLimits, draw: () => number): Promise<SampleOutcome>;
  check(tableName: string, check: ItemCheck): Promise<CheckOutcome>;
}

/** What an operator's own function is told of a restored table. */
export interface ValidationQuestion {
  /** Name of the restored table. */
  readonly table: string;
  readonly sourceTable: string;
  /** Region of the restored table; missing when it is the function's own. */
  readonly region?: string;
  readonly plan: string;
  /** ARN of the backup, or of the table that was restored to a point in time. */
  readonly source: string;
}

export type ValidationAnswer =
  | { readonly kind: 'answered'; readonly passed: boolean; readonly message: string }
  | { readonly kind: 'failed'; readonly failure: Failure };

export type AskValidator = (
  functionArn: string,
  question: ValidationQuestion,
  timeoutMilliseconds: number,
) => Promise<ValidationAnswer>;

/** Says, before a restore begins, which table it will create, and so which table may be deleted again. */
export interface DrillIntent {
  readonly targetName: string;
  readonly plan: string;
  readonly table: string;
  readonly slot: string;
  /** ARN of the backup, or of the table restored to a point in time. */
  readonly sourceArn: string;
  /** What DynamoDB shows as the table's origin while it is restored, where that is not `sourceArn`. */
  readonly originArn?: string;
  /** Region the table is restored into; missing when it is the deployment's own. */
  readonly region?: string;
  /** ARN of the vault whose copy it is restored from; missing when it is one of the plan's own backups. */
  readonly copiesIn?: string;
  /** ISO 8601. */
  readonly recordedAt: string;
  readonly executionId: string;
  readonly targetTableId?: string;
  /** Recorded by the sweep when it asked for the table's deletion. */
  readonly isTableSeen?: true;
  /** Recorded before any setting is given back: what has to be taken off again before the table is deleted. */
  readonly rearming?: Rearming;
}

/** Which settings a drill gives back, and whose they are. */
export interface Rearming {
  readonly settings: readonly SettingName[];
  /** Of the table that was backed up. */
  readonly tableId: string;
  /** Of the backup; ISO 8601. */
  readonly createdAt: string;
}

/** A drill that is over, and when its table was seen to be gone. */
export interface ClosedDrill extends DrillIntent {
  /** ISO 8601. */
  readonly goneAt: string;
}

/** What is known of a table's last drills. */
export interface DrillHistory {
  readonly lastTriedAt?: Date;
  /** When a drill of it last passed. */
  readonly lastProvenAt?: Date;
  /** When a drill of it last failed although there was a backup to restore. */
  readonly lastFailedAt?: Date;
  /** How long the last restore that passed with all indexes took, as its upper bound. */
  readonly lastRestoreSeconds?: number;
  /** The newest backup that passed a drill: retention keeps it. */
  readonly provenBackup?: { readonly arn: string; readonly createdAt: Date };
}

/** Where drills are kept. Every method throws when the ledger does not answer. */
export interface DrillLedger<Result> {
  /** Takes one of `places`, or keeps the one this holder has for longer; false when all are taken by others. */
  takePlace(holder: string, places: number, now: Date, until: Date): Promise<boolean>;
  releasePlace(holder: string): Promise<void>;
  recordDrillIntent(intent: DrillIntent): Promise<void>;
  drillIntent(targetName: string): Promise<DrillIntent | undefined>;
  drillIntents(): Promise<readonly DrillIntent[]>;
  /** Unpins what was restored, and keeps for longer than a year that the drill's table was gone at `goneAt`. Safe to repeat. */
  closeDrillIntent(targetName: string, goneAt: Date): Promise<void>;
  /** ARNs of the backups of a plan whose deletion retention has announced and not yet accounted for. */
  announcedDeletions(plan: string): Promise<ReadonlySet<string>>;
  /** Saves a result under its plan, table and slot; saying it again replaces it. */
  saveDrill(result: Result): Promise<void>;
  drillHistory(plan: string): Promise<ReadonlyMap<string, DrillHistory>>;
  /** Remembers which tables a slot's drills are of; answers what was remembered first. */
  chooseForSlot(plan: string, slot: Date, tables: readonly string[]): Promise<readonly string[]>;
}

export type StartOutcome =
  | { readonly kind: 'started' }
  /** An execution of that name was started before. */
  | { readonly kind: 'already-started' }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** Durable executions of the drill function. */
export interface Executions {
  start(name: string, table: string): Promise<StartOutcome>;
}

/** `ended` is only what Lambda says has ended, and whose last process cannot be alive; of what is `forgotten` it knows nothing. */
export type ExecutionState = 'running' | 'ended' | 'forgotten' | 'unknown';
