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

/** Point-in-time recovery of a table: off, or with its window. The instants are missing until there is something to restore to. */
export type RecoveryState =
  'off' | { readonly days: number; readonly earliestAt: Date | undefined; readonly latestAt: Date | undefined };

/** How a table stands; `gone` where there is none of the name. Throws when DynamoDB does not say. */
export type RecoveryOf = (table: string) => Promise<RecoveryState | 'gone'>;
