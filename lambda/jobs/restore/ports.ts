import type { AskedFor } from '../drill/asked-for.ts';
import type { ChosenSource } from '../drill/choose-source.ts';
import type { DrillResult } from '../drill/drill-result.ts';
import type { Restores } from '../drill/ports.ts';
import type { Accepted } from '../drill/request-restore.ts';
import type { Backups, Log, Timing } from '../ports.ts';
import type { Settings, SettingsLedger } from '../settings-port.ts';

/** A restore that was begun, as the ledger keeps it for whoever has to go on with it. Plain JSON, instants in ISO 8601. */
export interface RestoreRecord {
  readonly version: 1;
  readonly table: string;
  readonly target: string;
  /** Region that is restored into. */
  readonly region: string;
  readonly source: ChosenSource;
  readonly whose: string;
  readonly asked: AskedFor;
  /** When it was announced, right before it was asked for. */
  readonly recordedAt: string;
  readonly accepted?: Accepted;
  /** Jobs of earlier tries that are over. */
  readonly earlierJobs?: readonly string[];
  /** Of the restored table: the only one that is ever changed. */
  readonly targetTableId?: string;
  /** Nothing of it is under way any more: it ended well, or there is no table. */
  readonly isOver?: true;
}

/** Where restores that people begin are kept. Every method throws when the ledger does not answer. */
export interface RestoreLedger {
  /** Replaces what was recorded for that target before. */
  recordRestore(record: RestoreRecord): Promise<void>;
  restoreInto(region: string, target: string): Promise<RestoreRecord | undefined>;
}

/** What a restore for real reads, and the one table that it makes. */
export interface RestorePorts {
  readonly backups: Backups;
  readonly restores: Restores;
  readonly settings: Settings;
  readonly timing: Timing;
  readonly log: Log;
  /** What a ledger remembers; without one, no settings are known, and nobody can go on with the restore later. */
  readonly ledger: RestoreMemory | undefined;
}

export interface RestoreMemory {
  readonly restores: RestoreLedger;
  readonly snapshots: Pick<SettingsLedger, 'settingsOf'>;
  readonly drills: { drillsOf(plan: string, table: string): Promise<readonly DrillResult[]> };
}
