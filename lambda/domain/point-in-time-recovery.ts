/** The window that DynamoDB takes by itself, and the longest. Source: `PointInTimeRecoverySpecification` in the DynamoDB API reference. */
export const longestRecoveryDays = 35;

/** What a plan promises about point-in-time recovery of its tables. */
export interface RecoveryPromise {
  readonly days: number;
  /** Whether a table that is not as promised is put right, or only reported. */
  readonly correct: boolean;
}

/** > A table drifts when its point-in-time recovery is off, or has another window than its plan promises. */
export function isDrift({ days }: RecoveryPromise, found: 'off' | { readonly days: number }): boolean {
  return found === 'off' || found.days !== days;
}
