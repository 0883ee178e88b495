import { letsEverybodyIn } from '../../domain/drill/public-policy.ts';
import { knownOf, type SettingName, type TableSettings } from '../../domain/settings.ts';
import {
  applySetting,
  inOrder,
  readBack,
  reportOf,
  takenOffBeforeDeletion,
  takeOffSetting,
  type RearmPorts,
} from '../rearm.ts';
import type { ApplyOutcome } from '../settings-port.ts';
import type { ChosenSource } from './choose-source.ts';
import type { DrillFailure, RearmedSettings } from './drill-result.ts';
import type { DrillPorts, DrillRun } from './drill.ts';
import type { Durable } from './durable.ts';

export interface Rearmed {
  readonly settings: RearmedSettings;
  readonly failure?: DrillFailure;
}

/** The settings that belong to the backup; a word where there are none to give back. Changes nothing. */
export async function settingsToGiveBack(
  run: DrillRun,
  { createdAt, backedUp: { tableId } }: ChosenSource,
  durable: Durable,
  { snapshots }: DrillPorts,
): Promise<TableSettings | 'not-wanted' | 'not-recorded'> {
  if (run.drill.rearm.length === 0) return 'not-wanted';
  const origin = { tableName: run.table, tableId, createdAt: new Date(createdAt) };
  return await durable.step('read the settings', async () => (await snapshots.settingsOf(origin)) ?? 'not-recorded');
}

/**
 * Gives the restored table the settings its source had when the backup was taken, one by one, and reads them back. What the source did
 * not have, or nobody knew, takes no step.
 * > A setting that cannot be given back fails the drill: what came back is not what was lost. A backup without recorded settings is
 * restored as it is, and the result says so.
 */
export async function rearmTable(
  run: DrillRun,
  targetName: string,
  snapshot: TableSettings | 'not-wanted' | 'not-recorded',
  durable: Durable,
  ports: DrillPorts,
): Promise<Rearmed> {
  if (typeof snapshot === 'string') return { settings: snapshot };
  const { rearm } = run.drill;
  const withheld = withheldFrom(snapshot).filter((name) => rearm.includes(name));
  const names = rearm.filter((name) => !withheld.includes(name));
  const { settings, ...rest } = await giveBack({ targetName, snapshot, names }, durable, ports);
  const words = withheld.map((name) => [name, 'withheld: it would let everybody read the restored items'] as const);
  return { settings: { ...settings, ...Object.fromEntries(words) }, ...rest };
}

/** Which settings of a snapshot a table gets. */
interface Given {
  readonly targetName: string;
  readonly snapshot: TableSettings;
  readonly names: readonly SettingName[];
}

/**
 * Gives a restored table the named settings, one by one, and reads them back: as `rearmTable` does, whoever restored it.
 * > What could not be given back is named, and is a failure.
 */
export async function giveBack(
  { targetName, snapshot, names }: Given,
  durable: Durable,
  ports: RearmPorts,
): Promise<{ readonly settings: Readonly<Record<string, string>>; readonly failure?: DrillFailure }> {
  const wanted = inOrder(names);
  const outcomes: (readonly [SettingName, ApplyOutcome])[] = [];
  for (const name of wanted) {
    const known = knownOf(snapshot, name);
    const give = () => durable.step(`give back ${name}`, () => applySetting(targetName, snapshot, name, ports));
    outcomes.push([name, known === 'set' ? await give() : known]);
  }
  const comparisons = await durable.step('read the settings back', () => readBack(targetName, snapshot, wanted, ports));
  const { settings, isRearmed } = reportOf(targetName, outcomes, comparisons);
  const words = Object.fromEntries(
    settings.map(({ name, outcome, comparison }) => [name, wordOf(outcome, comparison)] as const),
  );
  if (isRearmed) return { settings: words };
  const wrong = Object.entries(words).filter(([, word]) => !isGiven(word));
  const message = wrong.map(([name, word]) => `${name}: ${word}`).join('; ');
  return { settings: words, failure: { phase: 're-arm', kind: 'settings', message } };
}

/** > A drill opens its copy to nobody: a policy that lets everybody in is not given back, and the result says so. */
function withheldFrom({ settings: { 'resource-policy': policy } }: TableSettings): SettingName[] {
  return typeof policy === 'object' && 'is' in policy && letsEverybodyIn(policy.is) ? ['resource-policy'] : [];
}

/** Takes back what would forbid the deletion or outlive the table; false when something could not be, which is left to the sweep. */
export async function disarmTable(
  run: DrillRun,
  targetName: string,
  snapshot: TableSettings,
  durable: Durable,
  ports: DrillPorts,
): Promise<boolean> {
  const outcomes: ApplyOutcome[] = [];
  const given = takenOffBeforeDeletion.filter((name) => run.drill.rearm.includes(name));
  for (const name of given.filter((each) => knownOf(snapshot, each) === 'set')) {
    outcomes.push(await durable.step(`take off ${name}`, () => takeOffSetting(targetName, snapshot, name, ports)));
  }
  return outcomes.every((outcome) => typeof outcome === 'string');
}

function wordOf(outcome: ApplyOutcome, comparison: string): string {
  if (typeof outcome === 'object') return outcome.failed.message;
  if (outcome === 'unknown-setting') return 'was not known when the backup was taken';
  return comparison === 'same' ? outcome : comparison;
}

function isGiven(word: string): boolean {
  return word === 'applied' || word === 'nothing-to-apply';
}
