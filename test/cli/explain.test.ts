import { spawnSync } from 'node:child_process';
import { accessSync, constants, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { formatBackupName } from '../../lambda/domain/naming.ts';
import { main, type Ended } from './command-line.ts';
import { runHere } from './in-process.ts';

const root = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'explain-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const plan = {
  name: 'orders',
  tables: { named: ['orders'] },
  backup: { schedule: 'rate(1 hour)', timeZone: 'UTC', engine: 'dynamodb' },
  keep: { daily: 2, monthly: 12 },
  minimumCopies: 1,
};
const now = '2026-11-20T12:00:00Z';

/** A backup as an inventory shows it. */
function item(arn: string, createdAt: string | null, parts: Record<string, unknown> = {}): Record<string, unknown> {
  const table = { tableName: 'orders', tableId: 'id-1' };
  return {
    arn,
    name: `by-hand-${arn}`,
    ...table,
    createdAt,
    status: 'AVAILABLE',
    type: 'USER',
    sizeBytes: 1,
    ...parts,
  };
}

const inventory = [
  item('arn-2', '2026-11-19T03:00:00Z'),
  item('arn-1', '2026-11-19T02:00:00Z'),
  item('arn-3', '2026-11-20T03:00:00Z'),
  item('arn-0', '2026-10-01T03:00:00+02:00'),
  item('arn-4', null),
];

/** What is not text is written to a file as JSON, and its name given instead. */
function typed(words: readonly unknown[]): string[] {
  return words.map((word, nth) => {
    if (typeof word === 'string') return word;
    const file = join(folder, `${nth}.json`);
    writeFileSync(file, Buffer.isBuffer(word) ? word : JSON.stringify(word));
    return file;
  });
}

/** Runs the command line as a process of its own, as an operator does. */
function spawned(...words: unknown[]): Ended {
  const args = [main, ...typed(words)];
  return spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 2 ** 26 });
}

interface Given {
  readonly plan?: unknown;
  readonly inventory?: unknown;
}

function inputs(given: Given): unknown[] {
  return ['--plan', given.plan ?? plan, '--inventory', given.inventory ?? inventory, '--now', now];
}

function explain(words: readonly string[] = [], given: Given = {}): Promise<Ended> {
  return runHere(typed(['explain', ...inputs(given), ...words]));
}

interface Answer {
  readonly verdicts: readonly { arn: string; verdict: string; reasons: readonly { code: string; detail: string }[] }[];
  readonly blocked: { by: string; detail: string } | null;
}

/** The first reason's code of each verdict. */
async function codes(words: readonly string[], given: Given = {}): Promise<(string | undefined)[]> {
  const { stdout } = await explain(['--json', ...words], given);
  const { verdicts } = JSON.parse(stdout) as Answer;
  return verdicts.map(({ reasons }) => reasons[0]?.code);
}

describe('ddb-backups explain', () => {
  test('prints JSON: verdicts in the order of the inventory, and what blocks the run', () => {
    const { status, stdout, stderr } = spawned('explain', ...inputs({}), '--treat-as-owned', '--json');

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      verdicts: [
        {
          arn: 'arn-2',
          verdict: 'keep',
          reasons: [{ code: 'daily', detail: 'daily: newest of 2026-11-19 (2 of 2)' }],
        },
        {
          arn: 'arn-1',
          verdict: 'delete',
          reasons: [
            { code: 'not-daily', detail: 'daily: 2 newer buckets use it up' },
            { code: 'not-monthly', detail: 'monthly: a newer backup of 2026-11 stays' },
          ],
        },
        {
          arn: 'arn-3',
          verdict: 'keep',
          reasons: [
            { code: 'daily', detail: 'daily: newest of 2026-11-20 (1 of 2)' },
            { code: 'monthly', detail: 'monthly: newest of 2026-11 (1 of 12)' },
            { code: 'newest', detail: 'the newest restorable backup always stays' },
            { code: 'minimum-copies', detail: 'among the newest 1 restorable (minimumCopies)' },
          ],
        },
        {
          arn: 'arn-0',
          verdict: 'keep',
          reasons: [{ code: 'monthly', detail: 'monthly: newest of 2026-10 (2 of 12)' }],
        },
        {
          arn: 'arn-4',
          verdict: 'keep',
          reasons: [{ code: 'undated', detail: 'its creation time is missing or impossible' }],
        },
      ],
      blocked: null,
    });
  });

  test('prints a table for people: table by table, newest first, with every reason and a summary', async () => {
    const { status, stdout } = await explain(['--treat-as-owned']);

    expect(status).toBe(0);
    expect(stdout).toBe(`\
VERDICT  TABLE   TABLE ID  CREATED                   BACKUP  REASONS
keep     orders  id-1      2026-11-20T03:00:00.000Z  arn-3   daily: newest of 2026-11-20 (1 of 2)
                                                             monthly: newest of 2026-11 (1 of 12)
                                                             the newest restorable backup always stays
                                                             among the newest 1 restorable (minimumCopies)
keep     orders  id-1      2026-11-19T03:00:00.000Z  arn-2   daily: newest of 2026-11-19 (2 of 2)
delete   orders  id-1      2026-11-19T02:00:00.000Z  arn-1   daily: 2 newer buckets use it up
                                                             monthly: a newer backup of 2026-11 stays
keep     orders  id-1      2026-10-01T01:00:00.000Z  arn-0   monthly: newest of 2026-10 (2 of 12)
keep     orders  id-1      -                         arn-4   its creation time is missing or impossible

at 2026-11-20T12:00:00.000Z: 5 backups, 4 kept, 1 to delete (of the kept, 0 frozen, 0 held, 1 unjudgeable)
`);
  });

  test('a run that a guard blocks is explained too, and is no error', async () => {
    const capped = { ...plan, prune: { deletionCap: { perTableCount: 1, perTablePercent: 0 } } };
    const many = Array.from({ length: 6 }, (_, nth) => item(`arn-${nth}`, `2026-11-20T0${nth}:00:00Z`));

    const json = await explain(['--treat-as-owned', '--json'], { plan: capped, inventory: many });
    const text = await explain(['--treat-as-owned'], { plan: capped, inventory: many });

    const { verdicts, blocked } = JSON.parse(json.stdout) as Answer;
    expect([json.status, text.status]).toEqual([0, 0]);
    expect(verdicts.filter(({ verdict }) => verdict === 'delete')).toHaveLength(4);
    expect(blocked?.by).toBe('deletion-cap');
    expect(text.stdout).toContain('nothing would be deleted: deletion-cap: 4 of 6 backups of table orders');
  });

  test('[R11] without --treat-as-owned only names of the plan with a fitting seal are own', async () => {
    const scope = { prefix: 'ddb', owner: 'a1b2c3', plan: 'orders' };
    const slot = new Date('2026-11-19T03:00:00Z');
    const named = (parts: Partial<typeof scope>, tableId = 'id-1'): Record<string, unknown> =>
      item(`arn-${JSON.stringify(parts)}-${tableId}`, '2026-11-19T03:00:10Z', {
        name: formatBackupName({ ...scope, ...parts, tableId, slot }),
        tableId: 'id-1',
      });
    const all = [
      named({}),
      named({ owner: 'other1' }),
      named({ prefix: 'x' }),
      named({ plan: 'else' }),
      named({}, 'id-2'),
      ...inventory,
    ];

    const own = async (...words: string[]): Promise<boolean[]> => {
      const found = await codes(words, { inventory: all });
      return found.map((code) => code !== 'foreign' && code !== 'undated');
    };

    const byHand = inventory.map(() => false);
    expect(await own()).toEqual([true, true, true, false, false, ...byHand]);
    expect(await own('--owner', 'a1b2c3')).toEqual([true, false, true, false, false, ...byHand]);
    expect(await own('--prefix', 'ddb', '--owner', 'a1b2c3')).toEqual([true, false, false, false, false, ...byHand]);
  });

  test('tables the plan does not cover are frozen, covered ones are live in every incarnation', async () => {
    const tables = [
      item('a', '2026-11-20T03:00:00Z'),
      item('b', '2026-11-20T03:00:00Z', { tableId: 'id-2' }),
      item('c', '2026-11-20T03:00:00Z', { tableName: 'carts', tableId: 'id-3' }),
    ];
    const isFrozen = async (tables_: object): Promise<boolean[]> => {
      const { stdout } = await explain(['--treat-as-owned', '--json'], {
        plan: { ...plan, tables: tables_ },
        inventory: tables,
      });
      return (JSON.parse(stdout) as Answer).verdicts.map(({ reasons }) =>
        reasons.some(({ code }) => code === 'table-not-covered'),
      );
    };

    expect(await isFrozen({ named: ['orders'] })).toEqual([false, false, true]);
    expect(await isFrozen({ matching: ['c*'] })).toEqual([true, true, false]);
    expect(await isFrozen({ tagged: { backup: 'yes' } })).toEqual([false, false, false]);
    expect(await isFrozen({ tagged: { backup: 'yes' }, except: ['c*'] })).toEqual([false, false, true]);
  });

  test('[R03][S20] every fault of plan, inventory and clock is named, and nothing is on stdout', () => {
    const faulty = [
      { ...item('arn-0', 'yesterday'), status: 7 },
      item('', '2026-11-19'),
      'a text',
      item('arn-3', null, { sizeBytes: -1, tableId: undefined }),
    ];
    const misspelt = { ...plan, keep: { ...plan.keep, dailyy: 7, last: 0 } };

    const words = ['explain', '--plan', misspelt, '--inventory', faulty, '--now', 'today'];
    const { status, stdout, stderr } = spawned(...words);

    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^keep\.last must be .* got 0$/),
      expect.stringMatching(/^keep\.dailyy.*daily/),
      'inventory[0].createdAt must be an instant such as 2026-11-20T03:00:00Z or null, got "yesterday"',
      'inventory[0].status must be a text that is not empty, got 7',
      'inventory[1].arn must be a text that is not empty, got ""',
      'inventory[1].createdAt must be an instant such as 2026-11-20T03:00:00Z or null, got "2026-11-19"',
      'inventory[2] must be an object, got "a text"',
      'inventory[3].tableId must be a text that is not empty, got nothing',
      'inventory[3].sizeBytes must be a number of bytes or null, got -1',
      '--now must be an instant such as 2026-11-20T03:00:00Z, got "today"',
    ]);
  });

  test.each([
    { words: ['--plan', plan], faults: [/^--inventory must name a file/, /^--now must be an instant/] },
    { words: ['--plan', Buffer.from('{'), '--inventory', [], '--now', now], faults: [/^plan must be JSON/] },
    { words: ['--plan', plan, '--inventory', Buffer.from('['), '--now', now], faults: [/^inventory must be JSON/] },
    {
      words: ['--plan', plan, '--inventory', {}, '--now', now],
      faults: [/^inventory must be an array of backups, got an object/],
    },
    {
      words: ['--plan', plan, '--inventory', [], '--now', '2500-01-01T00:00:00Z'],
      faults: [/^--now must be an instant of 1970/],
    },
    { words: ['--plan', plan, '--inventory', [], '--now', now, '--jsn'], faults: [/unknown option '--jsn'/, /--json/] },
  ])('[S20] bad input is status 2 with nothing on stdout: $faults', async ({ words, faults }) => {
    const { status, stdout, stderr } = await runHere(typed(['explain', ...words]));

    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    const lines = stderr.trimEnd().split('\n');
    expect(lines).toEqual(faults.map((fault) => expect.stringMatching(fault)));
  });

  test('[S20] a file that is not there is status 2', () => {
    const ended = spawned('explain', '--plan', 'no-such-file', '--inventory', [], '--now', now);

    expect(ended).toMatchObject({ status: 2, stdout: '' });
    expect(ended.stderr).toMatch(/^--plan .*"no-such-file": ENOENT.*\n$/);
  });

  test('[R29] no option makes it delete anything, and one that is misspelt is refused', async () => {
    for (const option of ['--delete', '--dryrun'])
      expect(await explain([option])).toMatchObject({ status: 2, stdout: '' });
  });

  test('an empty inventory is no error', async () => {
    const { stdout } = await explain(['--json'], { inventory: [] });

    expect(stdout).toBe('{"verdicts": [\n\n],\n"blocked": null}\n');
  });

  test('control characters of an inventory do not reach the terminal', async () => {
    const { stdout } = await explain([], { inventory: [item('arn-\u001b[2J', '2026-11-20T03:00:00Z')] });

    expect(stdout).toContain('arn-\uFFFD[2J');
  });

  test('20,000 backups are no trouble', () => {
    const many = Array.from({ length: 20_000 }, (_, nth) =>
      item(`arn-${nth}`, new Date(Date.parse(now) - nth * 60_000).toISOString()),
    );

    const { status, stdout } = spawned('explain', ...inputs({ inventory: many }), '--treat-as-owned');

    expect(status).toBe(0);
    expect(stdout).toContain(': 20000 backups, 3 kept, 19997 to delete');
  });
});

describe('ddb-backups', () => {
  test('is what npx runs: an executable file that asks for node', () => {
    const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { bin: Record<string, string> };
    const file = join(root, bin['ddb-backups'] ?? '');

    accessSync(file, constants.X_OK);
    expect(readFileSync(file, 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  test('documents its exit status in its help', async () => {
    const { status, stdout } = await runHere(['explain', '--help']);

    expect(status).toBe(0);
    expect(stdout).toContain('Exit status: 0 judged');
  });

  test('without a command it is status 2', () => {
    expect(spawned()).toMatchObject({ status: 2, stdout: '' });
  });
});
