import type { SettingName, TableSettings } from '../../domain/settings.ts';
import { applySetting, inOrder, readBack, reportOf, takenOffBeforeDeletion, takeOffSetting } from '../rearm.ts';
import type { ApplyOutcome } from '../settings-port.ts';
import type { ChosenSource } from './choose-source.ts';
import type { DrillFailure, RearmedSettings } from './drill-result.ts';
import type { DrillPorts, DrillRun } from './drill.ts';
import type { Durable } from './durable.ts';

export interface Rearmed {
  readonly settings: RearmedSettings;
  readonly snapshot?: TableSettings;
  readonly failure?: DrillFailure;
}

/**
 * Gives the restored table the settings its source had when the backup was taken, one by one, and reads them back.
 * > A setting that cannot be given back fails the drill: what came back is not what was lost. A backup without recorded settings is
 * restored as it is, and the result says so.
 */
export async function rearmTable(
  run: DrillRun,
  targetName: string,
  source: ChosenSource,
  durable: Durable,
  ports: DrillPorts,
): Promise<Rearmed> {
  const wanted = inOrder(run.drill.rearm);
  if (wanted.length === 0) return { settings: 'not-wanted' };
  const snapshot = await durable.step('read the settings', async () => (await snapshotOf(run, source, ports)) ?? null);
  if (snapshot === null) return { settings: 'not-recorded' };
  const outcomes: (readonly [SettingName, ApplyOutcome])[] = [];
  for (const name of wanted) {
    const outcome = await durable.step(`give back ${name}`, () => applySetting(targetName, snapshot, name, ports));
    outcomes.push([name, outcome]);
  }
  const comparisons = await durable.step('read the settings back', () => readBack(targetName, snapshot, wanted, ports));
  const { settings, isRearmed } = reportOf(targetName, outcomes, comparisons);
  const words = Object.fromEntries(
    settings.map(({ name, outcome, comparison }) => [name, wordOf(outcome, comparison)] as const),
  );
  if (isRearmed) return { settings: words, snapshot };
  const wrong = Object.entries(words).filter(([, word]) => !isGiven(word));
  const message = wrong.map(([name, word]) => `${name}: ${word}`).join('; ');
  return { settings: words, snapshot, failure: { phase: 're-arm', kind: 'settings', message } };
}

/** Takes back what would forbid the deletion or outlive the table. What fails is left to the guards and the sweep. */
export async function disarmTable(
  run: DrillRun,
  targetName: string,
  snapshot: TableSettings,
  durable: Durable,
  ports: DrillPorts,
): Promise<void> {
  for (const name of takenOffBeforeDeletion.filter((each) => run.drill.rearm.includes(each))) {
    await durable.step(`take off ${name}`, () => takeOffSetting(targetName, snapshot, name, ports));
  }
}

async function snapshotOf(
  { table }: DrillRun,
  { createdAt, backedUp }: ChosenSource,
  { snapshots }: DrillPorts,
): Promise<TableSettings | undefined> {
  return await snapshots.settingsOf({ tableName: table, tableId: backedUp.tableId, createdAt: new Date(createdAt) });
}

function wordOf(outcome: ApplyOutcome, comparison: string): string {
  if (typeof outcome === 'object') return outcome.failed.message;
  if (outcome === 'unknown-setting') return 'was not known when the backup was taken';
  return comparison === 'same' ? outcome : comparison;
}

function isGiven(word: string): boolean {
  return word === 'applied' || word === 'nothing-to-apply';
}
