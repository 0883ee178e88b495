import type { Forecast } from '../drill/forecast.ts';
import type { DurationBounds } from '../drill/restore-timing.ts';
import type { RestoreTest } from '../restore-test.ts';

/** For so long AWS Backup lists jobs, and so far back the restores of its own restore testing are told of. */
export const restoreTestDays = 30;

/** What a week was like, as far as it could be read. */
export interface WeekFacts {
  readonly owner: string;
  readonly region: string;
  readonly from: Date;
  readonly until: Date;
  readonly plans: readonly PlanFacts[];
  /** Who would hear of it but has not confirmed; undefined when nobody could count them. */
  readonly unconfirmedSubscriptions: number | undefined;
}

/** One plan, or why nothing can be said of it. */
export type PlanFacts =
  | ({ readonly kind: 'read' } & ReadPlan)
  | { readonly kind: 'unreadable'; readonly plan: string; readonly message: string };

export interface ReadPlan {
  readonly plan: string;
  readonly objectives: { readonly recoveryPointSeconds?: number; readonly recoveryTimeSeconds?: number };
  /** The rules that decide what stays, such as `hourly 24`. */
  readonly rules: readonly string[];
  readonly mode: 'enforce' | 'report-only';
  readonly drills: boolean;
  readonly tables: readonly TableFacts[];
  /** Missing where the plan copies nothing. */
  readonly copies?: CopyFacts;
  /** What AWS Backup's own restore testing made of the plan's tables; missing where the plan is not of AWS Backup. */
  readonly restoreTests?: readonly RestoreTest[] | 'unreadable';
  /** Backups that prune deleted in the week. */
  readonly deleted: number;
  readonly kept: number;
  /** How many of the kept ones each rule or floor wants; one may be wanted by several. */
  readonly keptBy: ReadonlyMap<string, number>;
  readonly storageBytes: number;
  readonly frozen: number;
  readonly held: number;
  readonly unjudgeable: number;
  /** Why retention would delete nothing now. */
  readonly blocked: { readonly by: string; readonly detail: string } | null;
}

/** What became of the copies of a plan, in all its places. */
export interface CopyFacts {
  /** Seen to be complete in the week. */
  readonly made: number;
  /** Given up in the week. */
  readonly failed: number;
  /** The newest copy of the table and in the place where it is oldest; missing while there is none at all. */
  readonly oldest?: { readonly table: string; readonly region: string; readonly slot: Date };
  /** How many tables have no copy in at least one place. */
  readonly tablesWithout: number;
}

export interface TableFacts {
  readonly table: string;
  /** Slots of the week by what became of them: `missing` was never taken up, `failed` was and has no backup. */
  readonly taken: number;
  readonly failed: number;
  readonly missing: number;
  readonly hasBackup: boolean;
  /** The longest time of the week without a newer backup; missing while there was none. */
  readonly longestGapSeconds?: number;
  /** The last restore that passed with all indexes. */
  readonly restore?: DurationBounds;
  readonly forecast?: Forecast;
  readonly lastProvenAt?: Date;
}
