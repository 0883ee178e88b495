import type { WatchedSchedule } from '../../domain/watch/watched-table.ts';

/** What the ledger knows of runs. Every method throws when the ledger does not answer. */
export interface RunLedger {
  /** When each job last did what it is for, by `<job>#<plan>`. */
  lastRuns(): Promise<ReadonlyMap<string, Date>>;
  /** ARNs of the backups that prune deleted for a plan, as far as it intended to since then. */
  deletedSince(plan: string, since: Date): Promise<readonly string[]>;
}

/** Schedules of EventBridge Scheduler. */
export interface Schedules {
  /** All schedules of a group, by name; none when the group is gone. Throws when they cannot be read whole. */
  inGroup(group: string): Promise<ReadonlyMap<string, WatchedSchedule>>;
}

/** `at-risk`: disabled, gone, or about to be deleted. `unknown`: its policy does not let us look. */
export type KeyState = 'usable' | 'at-risk' | 'unknown';

/** KMS keys that encrypt tables. Throws when KMS does not answer. */
export type StateOfKey = (keyArn: string) => Promise<KeyState>;

/** How many would hear an alarm. Throws when SNS does not answer. */
export type CountSubscriptions = (
  topicArn: string,
) => Promise<{ readonly confirmed: number; readonly unconfirmed: number }>;

/** The latest instant a table can be restored to; undefined where point-in-time recovery is off, or the table gone. Throws otherwise. */
export type LatestRestorableTime = (table: string) => Promise<Date | undefined>;
