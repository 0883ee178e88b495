import { DeleteBackupCommand, DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { checkPromises } from '../../demo/checks.ts';
import { drillSummary } from '../../demo/drill-summary.ts';
import { Life } from '../../demo/life.ts';
import { merge } from '../../demo/merge.ts';
import { printSummary } from '../../demo/print-summary.ts';
import { Progress } from '../../demo/progress.ts';
import { onCall, year, type Story, type Telling } from '../../demo/stories.ts';
import { summaryOf, type Summary } from '../../demo/summary.ts';
import { synthesize, type Assembly } from '../../demo/synthesize.ts';
import type { DemoTable } from '../../demo/tables.ts';
import { Tellers } from '../../demo/tell.ts';
import type { DrillResult } from '../../lambda/jobs/drill/drill-result.ts';
import type { JournalEntry } from '../../sandbox/journal.ts';

let assembly: Assembly;

beforeAll(async () => {
  assembly = await synthesize(onCall.app);
}, 300_000);

afterAll(async () => {
  await assembly[Symbol.asyncDispose]();
});

function aLife(days: number, seed = 1): Promise<Life> {
  return Life.live({ assembly: assembly.folder, story: onlyStoryOf(onCall), days, seed });
}

function onlyStoryOf({ stories: [story] }: Telling): Telling['stories'][number] {
  if (!story) throw new Error('there is no story');
  return story;
}

/** How often each function called what, with which outcome. */
function kindsOf(entries: readonly JournalEntry[]): Record<string, number> {
  const kinds: Record<string, number> = {};
  for (const { functionName = 'somebody', operation, outcome, unacknowledged } of entries) {
    const kind = `${functionName} ${operation} ${outcome}${unacknowledged ? ', unheard' : ''}`;
    kinds[kind] = (kinds[kind] ?? 0) + 1;
  }
  return kinds;
}

/** Deletes a backup as a person with too many rights would. */
async function deleteBackup({ account }: Life, name: string | undefined): Promise<void> {
  const backup = account.backups('orders').find((candidate) => candidate.name === name);
  await account.client(DynamoDBClient).send(new DeleteBackupCommand({ BackupArn: backup?.arn }));
}

function brokenPromises(life: Life): string[] {
  return checkPromises(life).flatMap(({ id, holds }) => (holds ? [] : [id]));
}

describe('ten days with a person on call', () => {
  let life: Life;
  beforeAll(async () => {
    life = await aLife(10);
  }, 300_000);

  test('every promise holds, and every fault struck and was survived', () => {
    const { checks, faults, operatorSteps } = summaryOf(life);

    expect(checks.filter(({ holds }) => !holds)).toEqual([]);
    expect(checks).toHaveLength(15);
    expect(faults.filter(({ survived }) => !survived)).toEqual([]);
    expect(faults.map(({ id }) => id)).toEqual([
      'throttled',
      'answer-lost',
      'drill-killed',
      'drill-stopped',
      'watch-silent',
      'killed',
      'late',
      'listing-broken',
      'twice',
      'prune-silent',
    ]);
    expect(operatorSteps.map(({ plan }) => plan)).toEqual(['hourly']);
  });

  test('each table’s numbers add up, and the gap names its fault', () => {
    const { tables } = summaryOf(life);

    const [orders, carts, customers, invoices] = tables;
    expect(tables.every(({ taken, kept, deleted }) => taken === kept + deleted && kept > 0)).toBe(true);
    expect(orders).toMatchObject({ taken: 98, madeByHand: 1 });
    expect(customers).toMatchObject({ taken: 10, longestGap: { during: ['late'] } });
    expect(orders?.keptByReason).toMatchObject({ hourly: 24, daily: 7, newest: 1 });
    expect(carts?.keptByReason['table-gone']).toBe(carts?.kept);
    expect(invoices).toMatchObject({ taken: 10, madeByHand: 1, keptByReason: { last: 10 } });
  });

  test('the Sunday’s drills are summed up, the killed one passed, and what the stopped one left is gone', () => {
    const { drills, faults, runs } = summaryOf(life);

    const [orders] = drills;
    expect(orders).toMatchObject({ drills: 1, passed: 1, failed: 0, objectiveSeconds: 360, firstMissed: null });
    expect(orders?.forecast).toMatchObject({ kind: 'too-little-data', drills: 1 });
    expect(orders?.last?.total).toBeGreaterThan(81);
    expect(orders?.last?.restore).toBeLessThanOrEqual(orders?.last?.total ?? 0);
    expect(orders?.median?.total).toBe(orders?.last?.total);
    expect(drills.slice(1).map(({ passed }) => passed)).toEqual([0, 0, 0]);
    expect(faults.find(({ id }) => id === 'drill-stopped')?.what).toMatch(/swept after \d+\.\d h/);
    expect(life.account.dynamodb.restores.all).toHaveLength(2);
    expect(runs.sweep).toBeGreaterThan(0);
  });

  test('each incident shows in the alarm of the promise it broke, and one that broke none calls nobody', () => {
    const { timeline } = summaryOf(life);

    expect(timeline.map(({ id, firstAlarm }) => [id, firstAlarm?.alarm])).toEqual([
      ['throttled', 'hourly/backup-failed'],
      ['answer-lost', undefined],
      ['drill-killed', undefined],
      ['drill-stopped', undefined],
      ['watch-silent', 'watch-silent/heartbeat'],
      ['killed', undefined],
      ['late', 'nightly/backups-missing'],
      ['listing-broken', 'hourly/retention-blocked'],
      ['twice', undefined],
      ['schedule-off', 'hourly/schedule-missing'],
      ['prune-silent', 'hourly/pruner-silent'],
    ]);
    expect(timeline.every(({ firstAlarm, wellAgain }) => (firstAlarm === null) === (wellAgain === null))).toBe(true);
    expect(timeline.every(({ firstAlarm, calls }) => (firstAlarm === null) === (calls === 0))).toBe(true);
  });

  test('a schedule switched off calls within an hour and a half, and is well half an hour after the person on call acted', () => {
    const off = summaryOf(life).timeline.find(({ id }) => id === 'schedule-off');
    const { from = 0, until = 0 } = life.switchedOff ?? {};

    expect(off?.calls).toBe(1);
    expect(Date.parse(off?.calledAt ?? '') - from).toBeLessThan(5_400_000);
    expect(Date.parse(off?.wellAgain?.at ?? '')).toBeGreaterThan(until);
    expect(Date.parse(off?.wellAgain?.at ?? '')).toBeLessThan(until + 1_800_000);
  });

  test.each([80, 120])('the summary fits %i columns', (columns) => {
    const text = printSummary(summaryOf(life), { wallSeconds: 1, cpuSeconds: 1, memoryMb: 1 }, columns);

    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(columns);
    expect(text).toContain('prune not started for 2 days');
    expect(text).toContain('too little data');
    expect(text).toContain('hourly/schedule-missing after ');
    expect(text).toContain('broke no promise: nobody was called');
    expect(text).toContain('Alarms without an incident: 0 of ');
  });

  test('fails its checks on a drill table left, another deleted, a missing drill and a time that is not true', async () => {
    const { drills } = life;
    const restore = life.account.dynamodb.restores.all.find(({ tableName }) => tableName === drills[0]?.targetName);

    await life.account.createTable({ TableName: 'ddb-drill-demo2026-0123456789abcdef' });
    await life.account.client(DynamoDBClient).send(new DeleteTableCommand({ TableName: 'invoices' }));
    await life.account.runFor(60_000);
    if (restore?.activeAt !== undefined) restore.activeAt += 60_000;
    const withDrills = brokenPromises(life);
    life.drills = [];

    expect(withDrills).toEqual(
      expect.arrayContaining(['drill-tables-gone', 'no-other-table-deleted', 'times-are-true']),
    );
    expect(withDrills).not.toContain('every-drill');
    expect(brokenPromises(life)).toContain('every-drill');
    life.drills = drills;
  }, 300_000);

  test('fails its checks on a false alarm, an incident without its alarm, and a mail too many', async () => {
    const { account, switchedOff, endsAt } = life;
    const [topicArn = ''] = account.topics.all.map(({ arn }) => arn);

    life.switchedOff = { plan: 'nightly', from: endsAt - 7_200_000, until: endsAt };
    account.topics.publish(topicArn, { message: 'another summary' });
    account.alarms.setState('dynamodb-backups/demo2026/nightly/drill-failed', 'ALARM', 'set by hand');
    await account.runFor(600_000);

    expect(brokenPromises(life)).toEqual(
      expect.arrayContaining(['no-false-alarm', 'every-incident-shows', 'every-week']),
    );
    life.switchedOff = switchedOff;
  }, 300_000);

  test('a table that outgrows its objective: when it was missed, and when that was foreseen', () => {
    const weeks = Array.from({ length: 20 }, (_, week) => week);
    life.drills = weeks.map((week) => aDrill(week, 100 + 20 * week));

    const summary = drillSummary(life, ordersTable);

    expect(summary).toMatchObject({ drills: 20, passed: 20, forecast: { kind: 'over' } });
    expect(summary.firstMissed).toEqual({ at: sunday(14), seconds: 380 });
    expect(summary.foreseen).toEqual({ at: sunday(4), daysAhead: 70, namedDate: sunday(13) });
    expect(summary.overSince).toBe(sunday(14));
  });
});

const ordersTable: DemoTable = { name: 'orders', plan: 'hourly', coveredBy: 'its name' };

function sunday(week: number): string {
  return new Date(Date.parse('2026-01-04T06:00:00Z') + week * 7 * 86_400_000).toISOString();
}

/** A drill of orders as the ledger keeps it, that took so long. */
function aDrill(week: number, seconds: number): DrillResult {
  const bounds = { atLeastSeconds: seconds - 12, atMostSeconds: seconds };
  return {
    version: 1,
    plan: 'hourly',
    table: 'orders',
    slot: sunday(week),
    targetName: `ddb-drill-demo2026-${week}`,
    executionId: String(week),
    outcome: 'passed',
    source: { arn: 'arn', createdAt: sunday(week), sizeBytes: 1e9 * week, itemCount: 1 },
    indexes: 'all',
    billing: 'on-demand',
    times: { restore: bounds, indexes: { atLeastSeconds: 0, atMostSeconds: 0 }, validateSeconds: 0, total: bounds },
    settings: 'not-wanted',
    itemsVerified: 1,
    checksPassed: 0,
    startedAt: sunday(week),
    finishedAt: sunday(week),
    cleanUp: 'deleted',
  };
}

describe('a day with a person on call', () => {
  let life: Life;
  beforeAll(async () => {
    life = await aLife(1);
  }, 300_000);

  test('is the same with the same seed, and another with another', async () => {
    const [first, second, other] = [life, await aLife(1), await aLife(1, 2)].map((one) =>
      JSON.stringify(summaryOf(one)),
    );

    expect(second).toBe(first);
    expect(other).not.toBe(first);
  }, 300_000);

  test('fails its checks when a hand-made and a newest backup go', async () => {
    const before = brokenPromises(life);

    await deleteBackup(life, 'before-migration');
    await deleteBackup(life, life.account.backups('orders').at(-1)?.name);

    expect(before).toEqual([]);
    expect(brokenPromises(life)).toEqual(expect.arrayContaining(['newest-stays', 'handmade-stay']));
  }, 300_000);
});

describe('twelve days of the year, in two Regions at once', () => {
  let there: Assembly;
  let summary: Summary;
  const days: number[] = [];
  const told = async () => {
    await using tellers = new Tellers(year.stories);
    const options = { assembly: there.folder, days: 12, seed: 1 };
    return merge(await tellers.tell({ ...options, onDay: ({ day }) => days.push(day) }), year.stories);
  };
  beforeAll(async () => {
    there = await synthesize(year.app);
    summary = await told();
  }, 300_000);
  afterAll(async () => {
    await there[Symbol.asyncDispose]();
  });

  test('every promise holds in both, and every fault struck and was survived', () => {
    const { checks, faults, tables, runs, timeline } = summary;

    expect(checks.filter(({ holds }) => !holds)).toEqual([]);
    expect(checks).toHaveLength(12);
    expect(checks[0]?.found).toMatch(/^eu-central-1: \d+ backups for \d+ slots; eu-west-1: 3\d backups for 3\d slots$/);
    expect(faults.filter(({ survived }) => !survived)).toEqual([]);
    expect(faults.map(({ id }) => id)).toEqual([
      'throttled',
      'answer-lost',
      'drill-killed',
      'drill-stopped',
      'killed',
      'listing-broken',
      'twice',
      'late',
      'prune-silent',
    ]);
    expect(tables.map(({ table, taken }) => [table, taken > 0])).toEqual(
      ['orders', 'shop-carts', 'shop-customers', 'invoices'].map((name) => [name, true]),
    );
    expect(runs).toMatchObject({ watch: 0, summary: 0 });
    expect(timeline).toEqual([]);
    expect(days).toEqual(Array.from({ length: 12 }, (_, nth) => nth + 1));
  });

  test('are the same with the same seed, whatever the threads do', async () => {
    expect(JSON.stringify(await told())).toBe(JSON.stringify(summary));
  }, 300_000);

  test('make the same calls the short way and the whole way', async () => {
    const callsOf = async (story: Story, sendsShort: boolean): Promise<readonly JournalEntry[]> => {
      const account = { journalCapacity: 10_000, sendsShort };
      const life = await Life.live({ assembly: there.folder, story, days: 12, seed: 1, account });
      return life.account.journal.entries();
    };
    const [hourly, nightly] = year.stories.map((story) => [callsOf(story, true), callsOf(story, false)] as const);

    const [short = [], whole = []] = await Promise.all(hourly ?? []);
    const [shortNightly = [], wholeNightly = []] = await Promise.all(nightly ?? []);

    expect(whole.length).toBeGreaterThan(800);
    expect(short).toEqual(whole);
    // Three tables are backed up at the same instant, and which of their calls comes first is nobody's promise.
    expect(kindsOf(shortNightly)).toEqual(kindsOf(wholeNightly));
  }, 300_000);

  test('a promise that is broken in one Region is broken', () => {
    const [check] = summary.checks;
    const one = { ...summary, checks: check ? [check] : [] };
    const other = { ...summary, checks: check ? [{ ...check, holds: false, found: 'lost' }] : [] };

    expect(merge([one, other], year.stories).checks).toMatchObject([{ holds: false }]);
    expect(merge([other, one], year.stories).checks).toMatchObject([{ holds: false }]);
    expect(merge([one, other], year.stories).runs.backup).toBe(2 * summary.runs.backup);
  });

  test('the summary has no timeline, for nobody watched', () => {
    const text = printSummary(summary, { wallSeconds: 1, cpuSeconds: 1, memoryMb: 1 }, 100);

    expect(text).not.toContain('Timeline');
    expect(text).not.toContain('looks of the watch');
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
  });

  test('a thread that fails fails all', async () => {
    await using tellers = new Tellers(year.stories);

    const broken = tellers.tell({ assembly: '/nowhere', days: 1, seed: 1, onDay: () => undefined });

    await expect(broken).rejects.toThrow(/nowhere/);
  });
});

describe('progress', () => {
  test('is a line every tenth where it cannot be written over', () => {
    const lines: string[] = [];
    const progress = new Progress({ isTTY: false, write: (text) => lines.push(String(text)) > 0 }, 365);

    for (let day = 1; day <= 365; day++) progress.day(day, 'on');
    progress.end();

    expect(lines).toHaveLength(10);
    expect(lines.at(-1)).toBe('day 365 of 365 · on\n');
  });

  test('is one line on a terminal, gone at the end', () => {
    let text = '';
    const progress = new Progress({ isTTY: true, write: (chunk) => (text += String(chunk)) !== '' }, 2);

    progress.day(1, 'on');
    progress.end();

    expect(text).toBe('\r\u001b[K████████████░░░░░░░░░░░░ day 1 of 2 · on\r\u001b[K');
  });
});
