import type { Random } from '../random.ts';

/** What a restore has to bring back. */
export interface RestoreWork {
  readonly sizeBytes: number;
  readonly itemCount: number;
  /** The bytes of the largest hash key, as far as known. */
  readonly largestPartitionBytes: number;
  readonly localIndexes: number;
  /** The names of the global secondary indexes that come back. */
  readonly globalIndexes: readonly string[];
  readonly toPointInTime: boolean;
  /** Whether the source is in another Region. */
  readonly acrossRegions: boolean;
}

/** How long a restore takes from the accepted request, in virtual milliseconds. */
export interface RestoreTime {
  readonly tableMs: number;
  /** Until each global secondary index is ACTIVE; never before its table. */
  readonly indexMs: Readonly<Record<string, number>>;
}

export type RestoreModel = (work: RestoreWork, random: Random) => RestoreTime;

/** Restores of tiny tables were measured to take between these, without a stable floor. */
const shortestMs = 81_000;
const longestMs = 721_000;
/** A restore to a point in time takes at least 20 minutes, whatever the size. Source: AWS re:Post, dynamodb-restore-taking-long. */
const pointInTimeMs = 20 * 60_000;
/** A partition holds 10 GB at most; partitions are restored side by side, so the largest decides. */
const partitionBytes = 10e9;
const bytesPerMsOfPartition = 10_000;
const bytesPerMsOfTable = 1_000_000;
const itemsPerMs = 1000;
/** One restore of a tiny table from a backup of another Region was measured: 767 s. */
const acrossRegionsMs = 180_000;
const bytesPerMsAcrossRegions = 200_000;

/**
 * The sandbox's model of a restore's duration. Measured are only its base and that time follows the largest partition, the items and the
 * indexes more than the size; the rates are the sandbox's own. Data: 10 MB/s of the largest partition, 1 GB/s and a million items a
 * second of the whole table, a quarter more for each global index and a tenth for each local one. A global index is ACTIVE within a
 * quarter of the table's time after it. From another Region: three minutes more, and 200 MB/s between the two.
 */
export function usualRestoreTime(work: RestoreWork, random: Random): RestoreTime {
  const base = shortestMs * (longestMs / shortestMs) ** random();
  const partitions = Math.max(1, Math.ceil(work.sizeBytes / partitionBytes));
  const largest = Math.max(work.largestPartitionBytes, work.sizeBytes / partitions);
  const data = largest / bytesPerMsOfPartition + work.sizeBytes / bytesPerMsOfTable + work.itemCount / itemsPerMs;
  const indexes = 1 + work.globalIndexes.length / 4 + work.localIndexes / 10;
  const transfer = work.acrossRegions ? acrossRegionsMs + work.sizeBytes / bytesPerMsAcrossRegions : 0;
  const tableMs = base + data * indexes + (work.toPointInTime ? pointInTimeMs : 0) + transfer;
  const indexMs = Object.fromEntries(work.globalIndexes.map((name) => [name, tableMs * (1 + random() / 4)]));
  return { tableMs, indexMs };
}
