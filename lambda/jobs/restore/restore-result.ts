import type { DurationBounds } from '../../domain/drill/restore-timing.ts';
import type { DrillFailure, RearmedSettings } from '../drill/drill-result.ts';

/** How long each phase took, in seconds, as far as it was reached. Times that end with a poll have two bounds. */
export interface RestoreTimes {
  /** From the accepted request until the table was ACTIVE. */
  readonly restore?: DurationBounds;
  /** From there until every index was ACTIVE. */
  readonly indexes?: DurationBounds;
  readonly rearmSeconds?: number;
  readonly validateSeconds?: number;
  /** From the announcement, right before the request, until this result: the recovery time as it was lived. */
  readonly totalSeconds: number;
}

/** What became of a restore: plain JSON. */
export interface RestoreResult {
  readonly version: 1;
  /**
   * `restored`: everything was given back, and validation passed; `incomplete`: the table stays as it is, and `problems` says what is missing;
   * `failed`: there is no table, or nobody knows; `under-way`: nobody waited any longer.
   */
  readonly outcome: 'restored' | 'incomplete' | 'failed' | 'under-way';
  readonly problems: readonly DrillFailure[];
  readonly table: string;
  readonly target: string;
  readonly region: string;
  readonly targetTableId?: string;
  /** Of the backup. */
  readonly source: {
    readonly arn: string;
    readonly createdAt: string;
    readonly sizeBytes: number;
    readonly whose: string;
  };
  /** How old the backup was when its restore was asked for: the recovery point as it was lived. */
  readonly recoveryPointSeconds: number;
  /** Id of the restore job of AWS Backup. */
  readonly restoreJob?: string;
  readonly times: RestoreTimes;
  readonly settings: RearmedSettings;
  readonly itemsVerified: number;
  /** How many items were restored, where all of them were read. */
  readonly itemsCounted?: number;
  /** ISO 8601. */
  readonly requestedAt: string;
  readonly finishedAt: string;
}
