import pThrottle from 'p-throttle';

/**
 * The most calls a second each operation gets from one function: 80 % of the published account-wide rate, so that people and
 * other tools still get theirs. Source: the DynamoDB API reference of each operation (50, 5, 10 and 10 a second).
 */
export const callsPerSecond = {
  createBackup: 40,
  listBackups: 4,
  describeBackup: 8,
  deleteBackup: 8,
  listTagsOfResource: 8,
  describeContinuousBackups: 8,
  // Without a published rate; DescribeTimeToLive was seen to refuse the fifth call of a burst.
  describeTimeToLive: 4,
  getResourcePolicy: 8,
  describeContributorInsights: 8,
  describeKinesisStreamingDestination: 8,
  describeScaling: 4,
  // AWS Backup publishes no rates.
  startBackupJob: 8,
  describeBackupJob: 8,
  listBackupJobs: 4,
  listRecoveryPoints: 4,
  describeRecoveryPoint: 8,
  listTagsOfRecoveryPoint: 16,
  deleteRecoveryPoint: 4,
  startCopyJob: 4,
  describeCopyJob: 8,
  listCopyJobs: 8,
} as const;

/** A little more than a second: calls that the network squeezes together must still arrive at the allowed rate. */
const windowMilliseconds = 1_150;

/** Holds a call to its rate, over any window. */
export function paced<Arguments extends readonly unknown[], Result>(
  operation: keyof typeof callsPerSecond,
  call: (...parameters: Arguments) => Promise<Result>,
): (...parameters: Arguments) => Promise<Result> {
  return pThrottle({ limit: callsPerSecond[operation], interval: windowMilliseconds, strict: true })(call);
}
