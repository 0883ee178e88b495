import type { Plan } from './plan.ts';

/** What a plan promises about point-in-time recovery of its tables. */
export type RecoveryPromise = NonNullable<Plan['pointInTimeRecovery']>;

/** > A table drifts when its point-in-time recovery is off, or has another window than its plan promises. */
export function isDrift({ days }: RecoveryPromise, found: 'off' | { readonly days: number }): boolean {
  return found === 'off' || found.days !== days;
}
