import { DeleteBackupCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { checkPromises } from '../../demo/checks.ts';
import { Life } from '../../demo/life.ts';
import { printSummary } from '../../demo/print-summary.ts';
import { Progress } from '../../demo/progress.ts';
import { summaryOf } from '../../demo/summary.ts';
import { synthesize, type Assembly } from '../../demo/synthesize.ts';

let assembly: Assembly;

beforeAll(async () => {
  assembly = await synthesize();
}, 120_000);

afterAll(async () => {
  await assembly[Symbol.asyncDispose]();
});

function aLife(days: number, seed = 1): Promise<Life> {
  return Life.live({ assembly: assembly.folder, days, seed });
}

/** Deletes a backup as a person with too many rights would. */
async function deleteBackup({ account }: Life, name: string | undefined): Promise<void> {
  const backup = account.backups('orders').find((candidate) => candidate.name === name);
  await account.client(DynamoDBClient).send(new DeleteBackupCommand({ BackupArn: backup?.arn }));
}

function brokenPromises(life: Life): string[] {
  return checkPromises(life).flatMap(({ id, holds }) => (holds ? [] : [id]));
}

describe('ten days of the demo', () => {
  let life: Life;
  beforeAll(async () => {
    life = await aLife(10);
  }, 300_000);

  test('every promise holds, and every fault struck and was survived', () => {
    const { checks, faults, operatorSteps } = summaryOf(life);

    expect(checks.filter(({ holds }) => !holds)).toEqual([]);
    expect(checks).toHaveLength(8);
    expect(faults.filter(({ survived }) => !survived)).toEqual([]);
    expect(faults.map(({ id }) => id)).toEqual([
      'throttled',
      'answer-lost',
      'killed',
      'twice',
      'late',
      'listing-broken',
      'prune-silent',
    ]);
    expect(operatorSteps.map(({ plan }) => plan)).toEqual(['hourly']);
  });

  test('each table’s numbers add up, and the gap names its fault', () => {
    const { tables } = summaryOf(life);

    const [orders, carts, customers, invoices] = tables;
    expect(tables.every(({ taken, kept, deleted }) => taken === kept + deleted && kept > 0)).toBe(true);
    expect(orders).toMatchObject({ taken: 99, madeByHand: 1 });
    expect(customers).toMatchObject({ taken: 10, longestGap: { during: ['late'] } });
    expect(orders?.keptByReason).toMatchObject({ hourly: 24, daily: 7, newest: 1 });
    expect(carts?.keptByReason['table-gone']).toBe(carts?.kept);
    expect(invoices).toMatchObject({ taken: 10, madeByHand: 1, keptByReason: { last: 10 } });
  });

  test.each([80, 120])('the summary fits %i columns', (columns) => {
    const text = printSummary(summaryOf(life), { wallSeconds: 1, cpuSeconds: 1, memoryMb: 1 }, columns);

    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(columns);
    expect(text).toContain('prune not started for 2 days');
  });
});

describe('a day of the demo', () => {
  let life: Life;
  beforeAll(async () => {
    life = await aLife(1);
  }, 120_000);

  test('is the same with the same seed, and another with another', async () => {
    const [first, second, other] = [life, await aLife(1), await aLife(1, 2)].map((one) =>
      JSON.stringify(summaryOf(one)),
    );

    expect(second).toBe(first);
    expect(other).not.toBe(first);
  }, 120_000);

  test('fails its checks when a hand-made and a newest backup go', async () => {
    const before = brokenPromises(life);

    await deleteBackup(life, 'before-migration');
    await deleteBackup(life, life.account.backups('orders').at(-1)?.name);

    expect(before).toEqual([]);
    expect(brokenPromises(life)).toEqual(expect.arrayContaining(['newest-stays', 'handmade-stay']));
  }, 60_000);
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
