import type { SettingName, TableSettings } from '../domain/settings.ts';
import type { Failure, Log } from './ports.ts';

export type ApplyOutcome =
  /** The table has the setting now, whether or not it had it before. */
  | 'applied'
  /** The setting was off, or means nothing on the target, such as auto scaling of an on-demand table. Nothing is ever turned off. */
  | 'nothing-to-apply'
  /** The setting could not be read when the backup was taken. */
  | 'unknown-setting'
  | { readonly failed: Failure };

/** What can be read and set on a table beside its items, keys and indexes. */
export interface Settings {
  /**
   * Reads the settings of a table, all or only the named ones; the others are then `unread`. A setting that may not or cannot be read
   * is `unread` too. Throws only when the table itself cannot be described.
   */
  capture(tableName: string, names?: readonly SettingName[]): Promise<TableSettings>;
  /**
   * Brings one setting of `target` to what a snapshot says, rewritten from the source to the target. Safe to repeat at any time, also
   * after a crash or a lost answer. Waits at most a minute for a table that is changing. Never throws.
   */
  apply(target: string, settings: TableSettings, name: SettingName, log?: Log): Promise<ApplyOutcome>;
  /**
   * Takes back what `apply` set up, so that the table can be deleted and leaves nothing behind. Safe to repeat; a table that is gone
   * is no failure. Never throws. `nothing-to-apply` for a setting that disappears with its table.
   */
  takeOff(target: string, settings: TableSettings, name: SettingName, log?: Log): Promise<ApplyOutcome>;
}

/**
 * Turns point-in-time recovery of a table on with a window of so many days, or changes the window where it is on. Safe to repeat, also
 * after a lost answer. `undefined` when it is so now. Never throws.
 */
export type TurnOnRecovery = (tableName: string, days: number) => Promise<Failure | undefined>;

/** When the settings of one table were last read in full, and what was found. */
export interface SettingsCheck {
  readonly readAt: Date;
  /** What DescribeTable showed at that time, as `TableState` has it, and what the plan then promised of settings. */
  readonly visibleSettings: string;
  /** Of the newest snapshot kept. */
  readonly hash: string;
}

/** Whose settings are asked for: one backup, or a table incarnation at one instant. */
export interface BackupOrigin {
  readonly tableName: string;
  readonly tableId: string;
  /** When the backup was requested. */
  readonly createdAt: Date;
}

/** Where snapshots of settings are kept, for as long as anybody may restore. Every method throws when the ledger does not answer. */
export interface SettingsLedger {
  /** By TableId, of the tables that one plan covers. */
  settingsChecks(plan: string): Promise<ReadonlyMap<string, SettingsCheck>>;
  saveSettingsChecks(plan: string, checks: ReadonlyMap<string, SettingsCheck>): Promise<void>;
  /** Backups of this table incarnation requested at `since` or later belong to these settings, until others are saved. */
  saveSettings(settings: TableSettings, since: Date): Promise<void>;
  /**
   * The settings that belong to a backup. Where none had been kept when it was requested, the oldest kept since: `capturedAt` tells.
   * `undefined` when there are none at all of this incarnation.
   */
  settingsOf(backup: BackupOrigin): Promise<TableSettings | undefined>;
  /** The same, and since when backups belong to them. */
  snapshotOf(backup: BackupOrigin): Promise<Snapshot | undefined>;
}

/** Settings as `saveSettings` keeps them. */
export interface Snapshot {
  readonly settings: TableSettings;
  readonly since: Date;
}
