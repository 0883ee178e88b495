import { describe, expect, test } from '@jest/globals';
import {
  settingNames,
  settingsFor,
  type SettingName,
  type TableFacts,
  type TableSettings,
} from '../../lambda/domain/settings.ts';
import type { Failure } from '../../lambda/jobs/ports.ts';
import { inOrder, mayPass, rearm, takenOffBeforeDeletion, takeOffSetting } from '../../lambda/jobs/rearm.ts';
import type { ApplyOutcome, Settings } from '../../lambda/jobs/settings-port.ts';
import { factsOf, fullSettings, settingsWith } from '../domain/settings-builders.ts';

const target = factsOf('ddb-drill-1', { indexes: ['by-customer', 'by-day'] });
const busy: Failure = { kind: 'table-busy', message: 'ResourceInUseException: UPDATING' };
const denied: Failure = { kind: 'access-denied', message: 'AccessDeniedException: no' };

/** A restored table in memory. `refusals` are answered to `apply` and `takeOff` first, each once. */
class RestoredTable implements Settings {
  readonly calls: string[] = [];
  readonly #refusals: Partial<Record<SettingName, Failure[]>>;
  readonly #facts: TableFacts;
  #actual = settingsWith({}, target);
  /** How many looks show the table as it was before anything was applied. */
  staleLooks = 0;
  isGone = false;

  constructor(refusals: Partial<Record<SettingName, Failure[]>> = {}, facts = target) {
    this.#refusals = refusals;
    this.#facts = facts;
  }

  capture(): Promise<TableSettings> {
    this.calls.push('capture');
    if (this.isGone) return Promise.reject(new Error('the table is gone'));
    if (this.staleLooks-- > 0) return Promise.resolve(settingsWith({}, this.#facts));
    return Promise.resolve({ ...this.#actual, table: this.#facts });
  }

  apply(_table: string, settings: TableSettings, name: SettingName): Promise<ApplyOutcome> {
    return this.#change(`apply ${name}`, name, () => {
      const wanted = settingsFor(settings, this.#facts).settings[name];
      if (wanted === 'off') return 'nothing-to-apply';
      if ('unread' in wanted) return 'unknown-setting';
      this.#actual = { ...this.#actual, settings: { ...this.#actual.settings, [name]: wanted } };
      return 'applied';
    });
  }

  takeOff(_table: string, _settings: TableSettings, name: SettingName): Promise<ApplyOutcome> {
    return this.#change(`take off ${name}`, name, () => 'applied');
  }

  #change(call: string, name: SettingName, effect: () => ApplyOutcome): Promise<ApplyOutcome> {
    this.calls.push(call);
    const refusal = this.#refusals[name]?.shift();
    return Promise.resolve(refusal ? { failed: refusal } : effect());
  }
}

function portsFor(settings: Settings) {
  const slept: number[] = [];
  const timing = {
    now: () => new Date('2026-11-20T03:00:00Z'),
    sleep: (milliseconds: number) => Promise.resolve(void slept.push(milliseconds)),
    random: () => 1,
  };
  const warnings: string[] = [];
  const log = { warn: (message: string) => void warnings.push(message), error: () => undefined };
  return { settings, timing, log, slept, warnings };
}

describe('re-arming a restored table', () => {
  test('[X30] every setting comes back, and the report says so', async () => {
    const table = new RestoredTable();

    const report = await rearm(target.name, fullSettings, settingNames, portsFor(table));

    expect(report.isRearmed).toBe(true);
    expect(report.settings.map(({ name, comparison }) => [name, comparison])).toEqual(
      inOrder(settingNames).map((name) => [name, 'same']),
    );
  });

  test('only the chosen settings are touched', async () => {
    const table = new RestoredTable();

    await rearm(target.name, fullSettings, ['stream', 'tags'], portsFor(table));

    expect(table.calls).toEqual(['apply tags', 'apply stream', 'capture']);
  });

  test('deletion protection comes last and a policy before it; no setting is forgotten or named twice', () => {
    const order = inOrder(settingNames);

    expect(order.slice(-2)).toEqual(['resource-policy', 'deletion-protection']);
    expect([...order].sort()).toEqual([...settingNames].sort());
    expect(inOrder(['tags', 'tags'])).toEqual(['tags']);
    expect(takenOffBeforeDeletion.at(-1)).toBe('deletion-protection');
  });

  test('[X30] a setting that fails does not stop the others, and the table is not called re-armed', async () => {
    const ports = portsFor(new RestoredTable({ tags: [denied] }));

    const report = await rearm(target.name, fullSettings, settingNames, ports);

    expect(report.isRearmed).toBe(false);
    expect(report.settings.filter(({ comparison }) => comparison !== 'same')).toEqual([
      { name: 'tags', outcome: { failed: denied }, comparison: expect.stringContaining('cost-centre: wanted "a b"') },
    ]);
    expect(ports.warnings).not.toEqual([]);
  });

  test('a table that is busy is tried again until it is not', async () => {
    const table = new RestoredTable({ stream: [busy, busy] });
    const ports = portsFor(table);

    const report = await rearm(target.name, fullSettings, ['stream'], ports);

    expect(report.isRearmed).toBe(true);
    expect(table.calls).toEqual(['apply stream', 'apply stream', 'apply stream', 'capture']);
    expect(ports.slept).toEqual([4_000, 8_000]);
  });

  test('but not for ever', async () => {
    const table = new RestoredTable({ stream: Array.from({ length: 9 }, () => busy) });

    const report = await rearm(target.name, fullSettings, ['stream'], portsFor(table));

    expect(report.settings[0]?.outcome).toEqual({ failed: busy });
    expect(mayPass({ failed: busy })).toBe(true);
    expect(mayPass({ failed: denied })).toBe(false);
    expect(mayPass('unknown-setting')).toBe(false);
    expect(table.calls.filter((call) => call === 'apply stream')).toHaveLength(4);
  });

  test('a setting that was off is left as it is, and a table that has it all the same is not as it was', async () => {
    const table = new RestoredTable();
    await rearm(target.name, fullSettings, ['stream'], portsFor(table));

    const report = await rearm(target.name, settingsWith(), ['tags', 'stream'], portsFor(table));

    expect(report.settings).toEqual([
      { name: 'tags', outcome: 'nothing-to-apply', comparison: 'same' },
      { name: 'stream', outcome: 'nothing-to-apply', comparison: expect.stringContaining('wanted "off"') },
    ]);
    expect(report.isRearmed).toBe(false);
  });

  test('a setting nobody could read with the backup is reported as unknown, and looked at once', async () => {
    const table = new RestoredTable();
    const ports = portsFor(table);
    const unread = settingsWith({ tags: { unread: 'access-denied: no', mayPass: false } });

    const report = await rearm(target.name, unread, ['tags'], ports);

    expect(report).toMatchObject({ isRearmed: false, settings: [{ name: 'tags', outcome: 'unknown-setting' }] });
    expect(ports.slept).toEqual([]);
  });

  test('auto scaling of a table restored on demand is nothing to apply, and nothing is missing', async () => {
    const table = new RestoredTable({}, { ...target, billing: 'PAY_PER_REQUEST' });

    const report = await rearm(target.name, fullSettings, ['auto-scaling'], portsFor(table));

    expect(report).toMatchObject({ isRearmed: true, settings: [{ outcome: 'nothing-to-apply', comparison: 'same' }] });
  });

  test('what was just set may be seen only later', async () => {
    const table = new RestoredTable();
    table.staleLooks = 2;
    const ports = portsFor(table);

    const report = await rearm(target.name, fullSettings, settingNames, ports);

    expect(report.isRearmed).toBe(true);
    expect(ports.slept).toEqual([2_000, 4_000]);
  });

  test('a table that cannot be read back is not called re-armed', async () => {
    const table = new RestoredTable();
    table.isGone = true;

    const report = await rearm(target.name, fullSettings, ['tags'], portsFor(table));

    expect(report).toMatchObject({ isRearmed: false, settings: [{ outcome: 'applied' }] });
    expect(report.settings[0]?.comparison).toBe('could not be read: Error: the table is gone');
  });

  test('doing it twice changes nothing', async () => {
    const table = new RestoredTable();

    const first = await rearm(target.name, fullSettings, settingNames, portsFor(table));
    const again = await rearm(target.name, fullSettings, settingNames, portsFor(table));

    expect(again).toEqual(first);
  });
});

test('deletion protection is taken off again, also when the table is busy at first', async () => {
  const table = new RestoredTable({ 'deletion-protection': [busy] });

  const outcome = await takeOffSetting(target.name, fullSettings, 'deletion-protection', portsFor(table));

  expect(outcome).toBe('applied');
  expect(table.calls).toHaveLength(2);
});
