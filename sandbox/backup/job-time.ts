import type { Random } from '../random.ts';

/** How long a backup or copy job takes, in virtual milliseconds. */
export interface JobTime {
  /** Until it begins. */
  readonly waitMs: number;
  /** From then on. */
  readonly runMs: number;
}

export type JobModel = (
  work: { readonly sizeBytes: number; readonly acrossRegions: boolean },
  random: Random,
) => JobTime;

const shortestMs = 60_000;
const longestMs = 6 * 60_000;
const bytesPerMs = 1_000_000;
const bytesPerMsAcrossRegions = 200_000;

/**
 * The sandbox's model of a job's duration. AWS says only that backups through AWS Backup are not instantaneous. A job waits for up to a
 * minute, then takes 1 to 6 minutes and a second for each GB; between Regions, 5 seconds for each GB.
 */
export function usualJobTime(
  { sizeBytes, acrossRegions }: { readonly sizeBytes: number; readonly acrossRegions: boolean },
  random: Random,
): JobTime {
  const waitMs = Math.ceil(random() * 60_000);
  const base = shortestMs * (longestMs / shortestMs) ** random();
  return { waitMs, runMs: Math.ceil(base + sizeBytes / (acrossRegions ? bytesPerMsAcrossRegions : bytesPerMs)) };
}
