import type { Backup } from '../domain/backup.ts';
import type { Event } from '../domain/events/event.ts';
import type { Listing } from '../domain/listing.ts';
import type { Engine, Plan } from '../domain/plan.ts';

/** The only clock and the only dice a job has. */
export interface Timing {
  now(): Date;
  sleep(milliseconds: number): Promise<void>;
  /** A number in [0, 1). */
  random(): number;
}

/** Why a call was refused, in our words; the same words stand in reports, logs and the runbook. */
export type FailureKind =
  | 'missing'
  | 'access-denied'
  | 'throttled'
  | 'table-busy'
  | 'backup-busy'
  | 'backups-unavailable'
  | 'key-inaccessible'
  | 'archived'
  | 'too-many-backups'
  | 'invalid'
  /** AWS Backup took the request, and its job did not end well. */
  | 'job-failed'
  /** AWS Backup does not back up DynamoDB tables here, or does not fully manage their recovery points. */
  | 'not-opted-in'
  /** The lock of the vault allows no recovery point of this retention. */
  | 'outside-vault-lock'
  /** AWS accepted the deletion, and the recovery point is still there. */
  | 'survived'
  /** A vault lock or a legal hold keeps it. */
  | 'retained'
  /** Point-in-time recovery does not reach the instant, or is off. */
  | 'out-of-window'
  /** The connection broke, timed out or ended in a server error: what was asked for may have happened. */
  | 'no-answer'
  /** An error nobody foresaw. On a destructive path it stops the run. */
  | 'unknown';

export interface Failure {
  readonly kind: FailureKind;
  readonly message: string;
}

export type NameListing =
  | { readonly complete: true; readonly names: readonly string[] }
  | { readonly complete: false; readonly known: readonly string[]; readonly error: Error };

export type TableState =
  | {
      readonly kind: 'found';
      readonly name: string;
      readonly arn: string;
      readonly tableId: string;
      readonly createdAt: Date | undefined;
      /** `ACTIVE`, `UPDATING`, `INACCESSIBLE_ENCRYPTION_CREDENTIALS` … as DynamoDB names it. */
      readonly status: string;
      readonly keyArn: string | undefined;
      /** A hash over the settings that the description shows: another one means that somebody changed something. */
      readonly visibleSettings: string;
    }
  | { readonly kind: 'missing' }
  | { readonly kind: 'failed'; readonly failure: Failure };

export interface Tables {
  names(): Promise<NameListing>;
  /** Names of the tables that carry every one of `tags`. */
  tagged(tags: Readonly<Record<string, string>>): Promise<NameListing>;
  describe(tableName: string): Promise<TableState>;
}

/** One backup to be taken. */
export interface BackupRequest {
  readonly plan: Plan;
  readonly slot: Date;
  readonly table: { readonly name: string; readonly arn: string; readonly tableId: string };
  /** What the backup is known by as ours: `formatBackupName`. */
  readonly name: string;
}

export type CreateOutcome =
  /** `ticket` is what `follow` knows the request by. */
  | { readonly kind: 'accepted'; readonly ticket: string }
  /** Nothing was created. `retriable` says whether trying again can help. */
  | { readonly kind: 'refused'; readonly failure: Failure; readonly retriable: boolean }
  /** The answer was lost: the backup may exist. Look before trying again. */
  | { readonly kind: 'unknown'; readonly failure: Failure };

export type DescribeOutcome =
  | { readonly kind: 'found'; readonly backup: Backup }
  | { readonly kind: 'gone' }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** What became of a request; while it has no entry, the backup is still being made, or nobody could look. */
export type Progress =
  | { readonly kind: 'restorable'; readonly arn: string }
  | { readonly kind: 'gone' }
  /** It ended, and there is no backup that counts. */
  | { readonly kind: 'failed'; readonly failure: Failure };

export type DeleteOutcome =
  | { readonly kind: 'deleted' }
  | { readonly kind: 'gone' }
  /** Being restored from, or otherwise in use. */
  | { readonly kind: 'in-use'; readonly failure: Failure }
  /** A vault lock or a legal hold keeps it: it will be asked for again when it may go. */
  | { readonly kind: 'retained'; readonly failure: Failure }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** The backups of one engine, in one account and Region. */
export interface Backups {
  create(request: BackupRequest): Promise<CreateOutcome>;
  /** What became of requests made at `since` or later, by their tickets. The ARN of a backup is a ticket, too. */
  follow(tickets: readonly string[], since: Date): Promise<ReadonlyMap<string, Progress>>;
  describe(arn: string): Promise<DescribeOutcome>;
  delete(arn: string): Promise<DeleteOutcome>;
  /** Every backup of the account and Region that the engine may have made, or of one table, requested at `since` or later. */
  list(filter: { readonly tableName?: string; readonly since?: Date }): Promise<Listing>;
  /** The time in AWS's last answer, to hold our own clock against. */
  lastAnsweredAt(): Date | undefined;
}

/** The backups of each engine that plans may name. */
export type BackupsOf = (engine: Engine) => Backups;

export interface Slot {
  readonly plan: string;
  readonly table: string;
  readonly slot: Date;
}

export type Claim =
  /** The slot is ours. After an earlier try a backup may already exist. */
  | { readonly kind: 'won'; readonly isFirstTry: boolean }
  | { readonly kind: 'done'; readonly backupArn: string }
  | { readonly kind: 'held'; readonly holder: string };

/** Where slot claims live. Every method throws when the ledger does not answer. */
export interface SlotLedger {
  /** Slots of this plan and table at or after `since`, whoever claimed them. */
  slotsSince(plan: string, table: string, since: Date): Promise<readonly Date[]>;
  /** One holder at a time; the same holder may come back, another one once the claim has lapsed. */
  claim(slot: Slot, holder: string, now: Date): Promise<Claim>;
  /** The backup of this slot is restorable. */
  recordDone(slot: Slot, backupArn: string): Promise<void>;
}

/** A backup that was asked for and is not known to be restorable yet. */
export interface OpenBackup extends Slot {
  readonly ticket: string;
  readonly requestedAt: Date;
}

/** Where requests are remembered that outlast the run that made them. Every method throws when the ledger does not answer. */
export interface OpenBackupLedger {
  recordOpen(open: OpenBackup): Promise<void>;
  openBackups(plan: string): Promise<readonly OpenBackup[]>;
  closeOpen(open: OpenBackup): Promise<void>;
  /** Whether `holder` alone may now follow the requests of a plan; a holder that never gives it back loses it by itself. */
  startFollowing(plan: string, holder: string, now: Date): Promise<boolean>;
  stopFollowing(plan: string, holder: string): Promise<void>;
}

export interface DeletionIntent {
  readonly plan: string;
  readonly runId: string;
  readonly planHash: string;
  readonly arns: readonly string[];
  readonly recordedAt: Date;
}

/**
 * What became of one wanted deletion. `planned` = not meant to be attempted now; `abandoned` = meant to be, but not attempted, or
 * nobody knows.
 */
export type DeletionOutcome =
  | 'planned'
  | 'deleted'
  | 'gone'
  | 'kept'
  | 'in-use'
  | 'denied'
  | 'failed'
  | 'abandoned'
  /** A vault lock or a legal hold keeps it. */
  | 'retained'
  /** Its deletion was accepted, and it is still there. */
  | 'survived';

/** What retention remembers. Every method throws when the ledger does not answer, and then nothing is deleted. */
export interface RetentionLedger {
  /** Whether `holder` now has the one prune lease of this deployment. */
  acquireLease(holder: string, now: Date): Promise<boolean>;
  releaseLease(holder: string): Promise<void>;
  holds(): Promise<ReadonlySet<string>>;
  /** ARNs that drills of any plan restore right now, or have chosen to. */
  pinned(): Promise<ReadonlySet<string>>;
  /** ARNs of the plan's recovery points of which a copy is wanted or under way. */
  copied(plan: string): Promise<ReadonlySet<string>>;
  /** ARN of the newest backup of each table that passed a drill of this plan. */
  proven(plan: string): Promise<ReadonlySet<string>>;
  /** How many of the plan's own restorable backups each table incarnation had after the last run, by TableId. */
  previousCounts(plan: string): Promise<ReadonlyMap<string, number>>;
  saveCounts(plan: string, counts: ReadonlyMap<string, number>): Promise<void>;
  openIntents(plan: string): Promise<readonly DeletionIntent[]>;
  recordIntent(intent: DeletionIntent): Promise<void>;
  settleIntent(intent: DeletionIntent, outcomes: ReadonlyMap<string, DeletionOutcome>): Promise<void>;
  /** How many deletions an operator allowed, once, for exactly this version of the plan; `undefined` when none or expired. */
  deletionOverride(plan: string, planHash: string, now: Date): Promise<number | undefined>;
  spendDeletionOverride(plan: string): Promise<void>;
}

export interface ReportLedger {
  /** Remembers when a job last did for a plan what it is for: `watch` tells the age of it. */
  recordRun(job: string, plan: string, at: Date): Promise<void>;
  saveReport(job: string, plan: string, runId: string, at: Date, report: object): Promise<void>;
}

/** Where others hear of what happened. */
export interface Events {
  /** Sends events, and answers how many could not be sent. > News that cannot be told never fails a run: it never throws. */
  send(events: readonly Event[]): Promise<number>;
}

/** Something worth a line in the log, with its facts. */
export interface Log {
  warn(message: string, facts: Record<string, unknown>): void;
  error(message: string, facts: Record<string, unknown>): void;
}
