import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { metricsNamespace } from '../../lambda/contract/metrics.ts';
import type { SandboxAccount } from '../../sandbox/account.ts';
import type { BusEvent } from '../../sandbox/events/event-bus.ts';
import { assemblyOf, deployedFrom } from '../deployed-app.ts';

const minute = 60_000;
const hour = 60 * minute;
const tables = ['orders', 'users', 'carts', 'prices'];

let assembly: string;
beforeAll(() => {
  assembly = assemblyOf({
    owner: 'team0001',
    monitoring: false,
    plans: {
      orders: {
        tables: { named: tables },
        backup: { schedule: 'cron(0 * * * ? *)', engine: 'aws-backup' },
        keep: { last: 30 },
      },
    },
  });
}, 60_000);
afterAll(() => {
  rmSync(assembly, { recursive: true, force: true });
});

/** The plan as it is deployed, half an hour before its first slot. Each job runs for six minutes. */
async function anAccount(): Promise<SandboxAccount> {
  const { account } = await deployedFrom(assembly, {
    tables: tables.map((TableName) => ({ TableName })),
    backupJobTime: () => ({ waitMs: minute, runMs: 5 * minute }),
  });
  return account;
}

const endings = (account: SandboxAccount) =>
  account.eventBus
    .events('aws.backup', 'Backup Job State Change')
    .filter(({ detail }) => (detail as { state: string }).state === 'COMPLETED');

function tellAgain(account: SandboxAccount, { source, resources, detail, ...event }: BusEvent, state?: string): void {
  const changed = { ...(detail as object), ...(state !== undefined && { state }) };
  account.eventBus.put({ source, resources, detail: changed, detailType: event['detail-type'] });
}

/** What everybody sees in the end: what is in the vault, what was counted, and what was told, each once. */
function endOf(account: SandboxAccount) {
  const dimensions = { Plan: 'orders' };
  const vault = account.backup.vaults.require('dynamodb-backups-team0001');
  const told = account.eventBus
    .events('dynamodb-backups', 'Backups Taken')
    .flatMap(({ detail }) =>
      (detail as { slot: string; backups: { table: string }[] }).backups.map(
        ({ table }) => `${(detail as { slot: string }).slot} ${table}`,
      ),
    );
  return {
    points: account.backup.points
      .in(vault)
      .map(({ backup, status }) => `${backup.tableName} ${status}`)
      .sort(),
    taken: account.metrics.sum(metricsNamespace, 'BackupsTaken', dimensions),
    failed: account.metrics.sum(metricsNamespace, 'BackupsFailed', dimensions),
    told: told.sort(),
  };
}

const secondsAfterSlot = (account: SandboxAccount) =>
  account.metrics
    .datapoints(metricsNamespace, 'BackupsTaken', { Plan: 'orders' })
    .filter(({ value }) => value > 0)
    .map(({ at }) => (at % hour) / 1000);

describe('the end of a backup job', () => {
  let clean: SandboxAccount;
  beforeAll(async () => {
    clean = await anAccount();
    await clean.runFor(3 * hour);
  }, 60_000);

  test('is seen as soon as AWS Backup tells of it, once for each table, though all end at once', () => {
    expect(endings(clean)).toHaveLength(3 * tables.length);
    expect(endOf(clean)).toMatchObject({ taken: 3 * tables.length, failed: 0 });
    expect(endOf(clean).told).toHaveLength(3 * tables.length);
    expect(new Set(endOf(clean).told).size).toBe(3 * tables.length);
    const told = endings(clean).map(({ time }) => (Date.parse(time) % hour) / 1000);
    const latest = Math.max(...told);
    for (const seconds of secondsAfterSlot(clean)) expect(seconds).toBeLessThan(latest + 5);
  });

  test('is seen by the schedule when its event is lost, and nothing else changes', async () => {
    const account = await anAccount();
    account.faults.add({ match: { operation: 'StartBackupJob' }, effect: { kind: 'lost-events' } });

    await account.runFor(3 * hour);

    expect(endings(account)).toEqual([]);
    expect(endOf(account)).toEqual(endOf(clean));
  });

  test('is counted and told once when its event comes three times', async () => {
    const account = await anAccount();

    for (let slots = 0; slots < 3; slots++) {
      const known = endings(account).length;
      while (endings(account).length === known) await account.runFor(1_000);
      for (const event of [...endings(account).slice(known), ...endings(account).slice(known)])
        tellAgain(account, event);
      await account.runFor(minute);
    }
    await account.runFor(3 * hour - (account.clock.now - Date.parse('2026-11-20T00:30:00Z')));

    expect(endings(account).length).toBeGreaterThan(2 * 3 * tables.length);
    expect(endOf(account)).toEqual(endOf(clean));
  });

  test('is believed of AWS Backup alone: an event that comes too early, or after others of its job, changes nothing', async () => {
    const account = await anAccount();
    const told = () => account.eventBus.events('aws.backup', 'Backup Job State Change');
    const early = ['COMPLETED', 'FAILED', 'ABORTED', 'EXPIRED'];

    while (told().length === 0) await account.runFor(1_000);
    for (const event of told().slice(0, tables.length)) for (const state of early) tellAgain(account, event, state);
    await account.runFor(2 * minute);
    const meanwhile = endOf(account);
    await account.runFor(hour);
    const [late] = told();
    if (late) for (const state of ['CREATED', 'RUNNING', 'FAILED']) tellAgain(account, late, state);
    await account.runFor(3 * hour - (account.clock.now - Date.parse('2026-11-20T00:30:00Z')));

    expect(meanwhile).toMatchObject({ taken: 0, failed: 0, told: [] });
    expect(endOf(account)).toEqual(endOf(clean));
  });

  test('is seen also by a run that comes after one that died', async () => {
    const account = await anAccount();
    const fault = account.faults.add({
      match: { operation: 'DescribeBackupJob', nth: 1 },
      effect: { kind: 'crash', when: 'after' },
    });

    await account.runFor(3 * hour);

    expect(fault.hits).toBe(1);
    expect(endOf(account)).toEqual(endOf(clean));
  });
});
