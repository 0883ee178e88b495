/** A table that a plan covers and that exists. */
export interface WatchedTable {
  readonly name: string;
  /** The incarnation that exists now: backups of an earlier one do not protect it. */
  readonly tableId: string;
  readonly createdAt: Date | undefined;
}

/** What EventBridge Scheduler says of one schedule. */
export interface WatchedSchedule {
  readonly name: string;
  readonly isEnabled: boolean;
  readonly createdAt: Date | undefined;
  /** When it was last changed; it may have been another schedule before. */
  readonly changedAt: Date | undefined;
}
