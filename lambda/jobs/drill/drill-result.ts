import type { DurationBounds } from '../../domain/drill/restore-timing.ts';
import type { DrillPlan } from '../../domain/plan.ts';
import type { FailureKind } from '../ports.ts';

/** What a drill does, in order; a failed one names where it stopped. */
export type DrillPhase = 'choose' | 'restore' | 'indexes' | 're-arm' | 'validate' | 'clean-up';

export interface DrillFailure {
  readonly phase: DrillPhase;
  readonly kind:
    | FailureKind
    | 'timed-out'
    | 'no-backup'
    /** The account's restores at once were all taken, until the drill gave up. */
    | 'no-room'
    | 'name-taken'
    | 'restore-failed'
    | 'not-as-backed-up'
    | 'empty'
    | 'settings';
  readonly message: string;
}

/** How long each phase took, in seconds, as far as it was reached. Times that end with a poll have two bounds. */
export interface DrillTimes {
  /** From the accepted request until the table was ACTIVE. */
  readonly restore?: DurationBounds;
  /** From there until every index was ACTIVE. */
  readonly indexes?: DurationBounds;
  readonly rearmSeconds?: number;
  readonly validateSeconds?: number;
  /** From the accepted request until the table could serve: restored, re-armed and validated. */
  readonly total?: DurationBounds;
}

/**
 * What became of each setting that was to be given back: `applied`, `nothing-to-apply`, or what is wrong; `not-recorded` when the backup has no
 * settings.
 */
export type RearmedSettings = 'not-wanted' | 'not-recorded' | Readonly<Record<string, string>>;

/** One drill as the ledger keeps it: plain JSON. */
export interface DrillResult {
  readonly version: 1;
  readonly plan: string;
  readonly table: string;
  /** ISO 8601, as all instants here. */
  readonly slot: string;
  readonly targetName: string;
  readonly executionId: string;
  /** Region it was restored into, which makes its times another series; missing when it is the deployment's own. */
  readonly region?: string;
  /** ARN of the vault whose copies it restored; missing when it restored the plan's own backups. */
  readonly copiesIn?: string;
  readonly outcome: 'passed' | 'failed' | 'timed-out';
  readonly failure?: DrillFailure;
  /** Id of the restore job of AWS Backup. */
  readonly restoreJob?: string;
  /** What was restored; missing when nothing could be chosen. */
  readonly source?: {
    readonly arn: string;
    /** When the backup was taken; of a point in time, the instant restored to. */
    readonly createdAt: string;
    readonly sizeBytes: number;
    /** Missing where nobody tells: a recovery point does not. */
    readonly itemCount?: number;
    /** Where a restore first fetched it from cold storage, which makes its times another series. */
    readonly storage?: 'cold';
  };
  /** What the times are times of: a restore without indexes is another series. */
  readonly indexes: DrillPlan['indexes'];
  readonly billing: DrillPlan['billing'];
  readonly times: DrillTimes;
  readonly settings: RearmedSettings;
  readonly itemsVerified: number;
  /** How many items were restored, where all of them were read. `source.itemCount` may be six hours older than the backup. */
  readonly itemsCounted?: number;
  readonly checksPassed: number;
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Whether the drill's table is gone again. */
  readonly cleanUp: 'pending' | 'deleted' | 'nothing-to-delete' | 'left-behind';
  readonly leftBehind?: string;
}

/**
 * Whether a drill tells how long a restore of its table takes.
 * > Only drills that passed with all indexes do, and a restore out of cold storage is of another series.
 */
export function isMeasure({ outcome, indexes, source }: DrillResult): boolean {
  return outcome === 'passed' && indexes === 'all' && source?.storage !== 'cold';
}
