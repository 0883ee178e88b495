import { clockDisagreement } from '../clock-check.ts';

/** > Ages are told by AWS's clock where ours is more than 5 minutes from it. */
export function watchInstant(ours: Date, awsNow: Date | undefined): Date {
  return awsNow && clockDisagreement(ours, awsNow, []) ? awsNow : ours;
}
