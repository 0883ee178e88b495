import { compareSettings, type Comparison, type SettingName, type TableSettings } from '../domain/settings.ts';
import { backOff } from './backoff.ts';
import type { FailureKind, Log, Timing } from './ports.ts';
import type { ApplyOutcome, Settings } from './settings-port.ts';

export interface RearmPorts {
  readonly settings: Settings;
  readonly timing: Timing;
  readonly log: Log;
}

/** What became of one setting, and what reading it back showed: `same`, or what differs. */
export interface RearmedSetting {
  readonly name: SettingName;
  readonly outcome: ApplyOutcome;
  readonly comparison: Comparison;
}

export interface RearmReport {
  readonly target: string;
  /** > A table is re-armed only when every chosen setting was known, was applied and reads back as it was. */
  readonly isRearmed: boolean;
  readonly settings: readonly RearmedSetting[];
}

/**
 * The order settings are applied in. Tags come first, for permissions may hang on them; a policy comes late, for it may shut us out;
 * deletion protection comes last, for until then an abandoned table can still be deleted.
 */
const order: readonly SettingName[] = [
  'tags',
  'table-class',
  'stream',
  'time-to-live',
  'point-in-time-recovery',
  'auto-scaling',
  'contributor-insights',
  'kinesis-destination',
  'alarms',
  'resource-policy',
  'deletion-protection',
];

/**
 * What has to be taken off again before a re-armed table is deleted, in this order. Deletion protection and a policy may forbid the
 * deletion; point-in-time recovery would leave a SYSTEM backup of the table; the others live on outside the table.
 */
export const takenOffBeforeDeletion: readonly SettingName[] = [
  'alarms',
  'auto-scaling',
  'kinesis-destination',
  'point-in-time-recovery',
  'resource-policy',
  'deletion-protection',
];

const passing = new Set<FailureKind>(['throttled', 'table-busy', 'backups-unavailable', 'no-answer']);
const tries = 4;
/** Tags and policies are eventually consistent: what was just set may not be seen yet. */
const looks = 5;

/** The chosen settings in the order they have to be applied, each once. */
export function inOrder(names: readonly SettingName[]): SettingName[] {
  return order.filter((name) => names.includes(name));
}

/** Whether trying again later can help. */
export function mayPass(outcome: ApplyOutcome): boolean {
  return typeof outcome === 'object' && passing.has(outcome.failed.kind);
}

/**
 * Gives a restored table the settings its source had, as far as they are chosen. > A setting that fails does not stop the others.
 * Never throws. A run of its parts one by one (`inOrder`, `applySetting`, `readBack`, `reportOf`) comes to the same.
 */
export async function rearm(
  target: string,
  settings: TableSettings,
  names: readonly SettingName[],
  ports: RearmPorts,
): Promise<RearmReport> {
  const outcomes: (readonly [SettingName, ApplyOutcome])[] = [];
  for (const name of inOrder(names)) outcomes.push([name, await applySetting(target, settings, name, ports)]);
  return reportOf(target, outcomes, await readBack(target, settings, names, ports));
}

/** Applies one setting, again when what was in the way may pass. Never throws. */
export async function applySetting(
  target: string,
  settings: TableSettings,
  name: SettingName,
  ports: RearmPorts,
): Promise<ApplyOutcome> {
  return await persist(() => ports.settings.apply(target, settings, name, ports.log), name, ports);
}

/** Takes one setting off again, again when what was in the way may pass. Never throws. */
export async function takeOffSetting(
  target: string,
  settings: TableSettings,
  name: SettingName,
  ports: RearmPorts,
): Promise<ApplyOutcome> {
  return await persist(() => ports.settings.takeOff(target, settings, name, ports.log), name, ports);
}

/** Reads the settings back and compares them with the snapshot, again for a while as long as any differs. Never throws. */
export async function readBack(
  target: string,
  settings: TableSettings,
  names: readonly SettingName[],
  ports: RearmPorts,
): Promise<Readonly<Partial<Record<SettingName, Comparison>>>> {
  let comparisons: Partial<Record<SettingName, Comparison>> = {};
  let open = inOrder(names);
  for (let look = 0; open.length > 0 && look < looks; look++) {
    if (look > 0) await ports.timing.sleep(1_000 * 2 ** look);
    comparisons = { ...comparisons, ...(await lookOnce(target, settings, open, ports)) };
    open = open.filter((name) => comparisons[name] !== 'same' && isWorthAnotherLook(settings, name));
  }
  return comparisons;
}

export function reportOf(
  target: string,
  outcomes: readonly (readonly [SettingName, ApplyOutcome])[],
  comparisons: Readonly<Partial<Record<SettingName, Comparison>>>,
): RearmReport {
  const settings = outcomes.map(([name, outcome]) => ({
    name,
    outcome,
    comparison: comparisons[name] ?? 'was not read back',
  }));
  const isRearmed = settings.every(
    ({ outcome, comparison }) => typeof outcome === 'string' && outcome !== 'unknown-setting' && comparison === 'same',
  );
  return { target, isRearmed, settings };
}

async function persist(
  act: () => Promise<ApplyOutcome>,
  name: SettingName,
  { timing, log }: RearmPorts,
): Promise<ApplyOutcome> {
  for (let attempt = 1; ; attempt++) {
    const outcome = await act();
    if (typeof outcome === 'string') return outcome;
    log.warn('a setting could not be changed', { setting: name, failure: outcome.failed, attempt });
    if (!mayPass(outcome) || attempt === tries) return outcome;
    await backOff(timing, attempt, 2_000, 20_000);
  }
}

async function lookOnce(
  target: string,
  settings: TableSettings,
  names: readonly SettingName[],
  { settings: port, log }: RearmPorts,
): Promise<Partial<Record<SettingName, Comparison>>> {
  try {
    return compareSettings(settings, await port.capture(target, names), names);
  } catch (error) {
    log.warn('the settings could not be read back', { target, error });
    const text = `could not be read: ${String(error)}`;
    return Object.fromEntries(names.map((name) => [name, text]));
  }
}

/** What was not known at the time of the backup stays unknown however often one looks. */
function isWorthAnotherLook({ settings }: TableSettings, name: SettingName): boolean {
  const setting = settings[name];
  return setting === 'off' || !('unread' in setting);
}
