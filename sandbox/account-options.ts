import type { SandboxAccount } from './account.ts';
import type { JobModel } from './backup/job-time.ts';
import type { RestoreModel } from './dynamodb/restore-time.ts';
import type { TableQuotas } from './dynamodb/tables.ts';
import type { ApiCall } from './front.ts';
import type { Bundle } from './lambda/bundle.ts';
import type { DurableConfig } from './lambda/durable-execution.ts';
import type { FunctionSettings } from './lambda/functions.ts';
import type { Random } from './random.ts';

/** How an account is set up. Everything has a default. */
export interface AccountOptions {
  /** The same seed gives the same story, call by call. */
  readonly seed?: number | string;
  readonly startAt?: Date;
  /** Whether queues publish how many messages they hold. @default false */
  readonly publishesQueueDepth?: boolean;
  readonly region?: string;
  readonly accountId?: string;
  /** Makes it another Region of that account; `inRegion` is the way to one. */
  readonly regionOf?: SandboxAccount | undefined;
  /** Makes it another account of that one's organization; `inAccount` is the way to one. */
  readonly memberBeside?: SandboxAccount;
  readonly quotas?: Partial<TableQuotas>;
  /** How many API calls the journal remembers. */
  readonly journalCapacity?: number;
  /** How many lines of output are remembered per function. */
  readonly logCapacity?: number;
  /** Virtual milliseconds that an API call takes. */
  readonly latencyMs?: (call: ApiCall, random: Random) => number;
  /** Virtual milliseconds for which a backup of so many bytes stays CREATING. */
  readonly backupCreationMs?: (sizeBytes: number) => number;
  /** How long a restore takes; `usualRestoreTime` by default. */
  readonly restoreTime?: RestoreModel;
  /** How long backup and copy jobs of AWS Backup take; `usualJobTime` by default. */
  readonly backupJobTime?: JobModel;
  /** A function's process unused for so long is gone. */
  readonly idleProcessLifeMs?: number;
  /**
   * Whether the calls of functions are sent the short way as long as they go well: without signature, endpoint rules and HTTP client. They are
   * the same calls at the same instants with the same outcomes, in a third less of real time.
   * @default false
   */
  readonly sendsShort?: boolean;
  /** How long after the end of a minute alarms look at its values; 10 s by default. */
  readonly metricDelayMs?: number;
}

/** A function loaded from code instead of a template. */
export interface LoadedFunction extends FunctionSettings {
  readonly name: string;
  /** JavaScript as esbuild bundles it, or a bundle compiled before. */
  readonly code: string | Bundle;
  readonly exportName?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutSeconds?: number;
  readonly memoryMb?: number;
  readonly roleArn?: string;
  /** Makes it a durable function. */
  readonly durable?: DurableConfig | undefined;
}

/** Most calls take a few milliseconds, one in a hundred takes a tenth of a second. */
export function usualLatencyMs(_call: ApiCall, random: Random): number {
  const draw = random();
  return draw < 0.99 ? 3 + Math.floor(random() * 8) : 60 + Math.floor(random() * 100);
}

const backupBytesPerMs = 1_000_000;

export function usualBackupCreationMs(sizeBytes: number): number {
  return 50 + sizeBytes / backupBytesPerMs;
}
