import type * as z from 'zod';
import { copyRules } from './copy-rules.ts';
import { object, whole } from './plan-parts.ts';

/** AWS bills cold storage for 90 days at least (source: AWS Backup, `Lifecycle`). */
export const coldMinimumDays = 90;
/** AWS Backup keeps a recovery point for so many days at most (source: AWS Backup, `Lifecycle`). */
const longestRetentionDays = 36_500;

/** How AWS Backup takes and keeps recovery points. A start window below an hour is refused by AWS (source: `StartBackupJob`). */
export const awsBackup = object({
  startWindowMinutes: whole(60, 10_080).default(60),
  completionWindowMinutes: whole(120, 43_200).default(480),
  coldAfterDays: whole(1, longestRetentionDays - coldMinimumDays).optional(),
  deleteAfterDays: whole(1, longestRetentionDays).optional(),
  copies: copyRules.optional(),
})
  .refine((given) => given.completionWindowMinutes > given.startWindowMinutes, {
    path: ['completionWindowMinutes'],
    error: 'must be longer than startWindowMinutes, for both begin with the job',
  })
  .refine(
    ({ coldAfterDays = 0, deleteAfterDays = Infinity }) =>
      coldAfterDays === 0 || deleteAfterDays >= coldAfterDays + coldMinimumDays,
    {
      path: ['deleteAfterDays'],
      error: `must be at least ${coldMinimumDays} days more than coldAfterDays, for AWS bills that long in cold storage`,
    },
  );

/** How AWS Backup takes and keeps the recovery points of a plan. */
export type AwsBackupOptions = z.output<typeof awsBackup>;

/** The options of AWS Backup, with the defaults of what a plan leaves out. */
export function awsBackupOptions({
  awsBackup: given,
}: {
  readonly awsBackup?: AwsBackupOptions | undefined;
}): AwsBackupOptions {
  return given ?? awsBackup.parse({});
}
