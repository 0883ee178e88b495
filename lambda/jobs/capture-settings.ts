import pMap from 'p-map';
import type { RecoveryPromise } from '../domain/point-in-time-recovery.ts';
import { hashOfSettings, settingNames, type SettingName, type TableSettings } from '../domain/settings.ts';
import type { BackupPorts, BackupRun } from './backup.ts';
import { keepRecoverable } from './keep-recoverable.ts';
import type { Timing } from './ports.ts';
import type { SettingsCheck } from './settings-port.ts';
import type { FoundTable } from './slot-attempt.ts';

/** Six hours, less what hourly runs may come early. */
const freshMilliseconds = 5.75 * 3_600_000;
/** What the reading may add to a run. Tables whose turn does not come are the first of the next run. */
const budgetMilliseconds = 3 * 60_000;
/** A first try that crashed asked for its backups at most so long ago. */
const earlierTryMilliseconds = 15 * 60_000;
/** Checks of tables that are gone, or left the plan, are forgotten after this. */
const forgetAfterMilliseconds = 60 * 24 * 3_600_000;
const concurrentTables = 8;

/**
 * Keeps a snapshot of the settings of each table whose backup was asked for. > A table's settings are read again when DescribeTable
 * shows a change, and otherwise every six hours at most; what did not change is not written again. Point-in-time recovery that is not as
 * the plan promises is corrected by the way, when settings are read and at once when the promise has changed. Never throws, and ends in
 * time: > no backup waits for it, and none fails because of it.
 */
export async function captureSettings(
  tables: readonly FoundTable[],
  run: BackupRun,
  ports: BackupPorts,
): Promise<void> {
  if (tables.length === 0) return;
  const endsAt = Math.min(run.deadline.getTime(), ports.timing.now().getTime() + budgetMilliseconds);
  try {
    await new SettingsCapture(run, ports, endsAt).capture(tables);
  } catch (error) {
    ports.log.warn('settings were not kept; the next run tries again', { error });
  }
}

/** Waits for work that must not hold anybody up, but no longer than `until`. What it does then, it does unwatched. */
export async function waitAtMost(work: Promise<void>, until: Date, timing: Timing): Promise<void> {
  const done = work.then(() => true);
  while (timing.now() < until) {
    if (await Promise.race([done, timing.sleep(1_000).then(() => false)])) return;
  }
}

class SettingsCapture {
  readonly #run: BackupRun;
  readonly #ports: BackupPorts;
  readonly #endsAt: number;

  constructor(run: BackupRun, ports: BackupPorts, endsAt: number) {
    this.#run = run;
    this.#ports = ports;
    this.#endsAt = endsAt;
  }

  async capture(tables: readonly FoundTable[]): Promise<void> {
    const { settingsLedger, log, timing } = this.#ports;
    const plan = this.#run.plan.name;
    const checks = new Map(await settingsLedger.settingsChecks(plan));
    const due = mostUrgentFirst(
      tables.map((table) => this.#promised(table)),
      checks,
      timing.now(),
    );
    if (due.length === 0) return;
    const notRead: string[] = [];
    await pMap(
      due,
      async (table) => {
        if (timing.now().getTime() >= this.#endsAt) notRead.push(table.name);
        else await this.#captureOne(table, checks);
      },
      { concurrency: concurrentTables },
    );
    if (notRead.length > 0) log.warn('no time was left for the settings of some tables', { tables: notRead.length });
    await settingsLedger.saveSettingsChecks(plan, remembered(checks, timing.now()));
  }

  async #captureOne(table: FoundTable, checks: Map<string, SettingsCheck>): Promise<void> {
    const { log, settings, timing } = this.#ports;
    try {
      const known = checks.get(table.tableId);
      const read = await settings.capture(table.name);
      if (read.table.id !== table.tableId) return;
      const { pointInTimeRecovery } = this.#run.plan;
      const { settings: found, isFailed } = await keepRecoverable(
        read,
        pointInTimeRecovery,
        new Date(this.#endsAt),
        this.#ports,
      );
      const hash = await this.#keep(found, known);
      if (hash === undefined) return;
      const isWhole = !isFailed && !settingNames.some((name) => mayPass(found, name));
      checks.set(table.tableId, {
        readAt: isWhole ? timing.now() : new Date(0),
        visibleSettings: table.visibleSettings,
        hash,
      });
    } catch (error) {
      log.warn('the settings of a table were not kept; the next run tries again', { table: table.name, error });
    }
  }

  /** > A plan that promises something else than before has the settings of its tables read again. */
  #promised(table: FoundTable): FoundTable {
    const { pointInTimeRecovery } = this.#run.plan;
    if (!pointInTimeRecovery) return table;
    return { ...table, visibleSettings: `${table.visibleSettings}/${spelled(pointInTimeRecovery)}` };
  }

  /** The hash of what is kept now. > What could not be read in passing never takes the place of what was read before. */
  async #keep(found: TableSettings, known: SettingsCheck | undefined): Promise<string | undefined> {
    const hash = hashOfSettings(found);
    if (hash === known?.hash) return hash;
    const unread = settingNames.filter((name) => isUnread(found, name));
    if (unread.length > 0) {
      const reasons = unread.map((name) => found.settings[name]);
      this.#ports.log.warn('settings could not be read', { table: found.table.name, unread, reasons });
    }
    if (known && unread.some((name) => mayPass(found, name))) return undefined;
    await this.#ports.settingsLedger.saveSettings(found, this.#since());
    return hash;
  }

  /** Backups of this slot were asked for at the earliest when the slot was due, or a first try a little ago was. */
  #since(): Date {
    return new Date(Math.max(this.#run.slot.getTime(), this.#ports.timing.now().getTime() - earlierTryMilliseconds));
  }
}

function spelled({ days, correct }: RecoveryPromise): string {
  return `${days}${correct ? '' : '-report-only'}`;
}

function isUnread({ settings }: TableSettings, name: SettingName): boolean {
  const setting = settings[name];
  return setting !== 'off' && 'unread' in setting;
}

function mayPass({ settings }: TableSettings, name: SettingName): boolean {
  const setting = settings[name];
  return setting !== 'off' && 'unread' in setting && setting.mayPass;
}

/** The tables whose settings have to be read: unknown ones first, then those that changed, then by age. */
function mostUrgentFirst(
  tables: readonly FoundTable[],
  checks: ReadonlyMap<string, SettingsCheck>,
  now: Date,
): FoundTable[] {
  const urgency = ({ tableId, visibleSettings }: FoundTable): number => {
    const check = checks.get(tableId);
    if (!check) return Infinity;
    return check.visibleSettings === visibleSettings ? now.getTime() - check.readAt.getTime() : Number.MAX_SAFE_INTEGER;
  };
  return tables
    .filter((table) => urgency(table) >= freshMilliseconds)
    .sort((a, b) => Math.sign(urgency(b) - urgency(a)) || 0);
}

function remembered(checks: ReadonlyMap<string, SettingsCheck>, now: Date): ReadonlyMap<string, SettingsCheck> {
  const oldest = now.getTime() - forgetAfterMilliseconds;
  return new Map([...checks].filter(([, { readAt }]) => readAt.getTime() === 0 || readAt.getTime() >= oldest));
}
