import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Duration } from 'aws-cdk-lib';
import { aPlan } from '../lib/deploy.ts';
import { AlarmedAccount, anAssembly } from './alarmed-account.ts';

jest.setTimeout(240_000);

const away = 'eu-west-1';
/** Hourly backups whose jobs may take two hours: the newest backup may be five hours old, the newest copy seven. */
const copyingPlan = aPlan({
  backup: {
    schedule: 'cron(0 * * * ? *)',
    engine: 'aws-backup',
    awsBackup: { completionWindow: Duration.hours(2), copies: [{ region: away, keep: { last: 6 } }] },
  },
  keep: { last: 4 },
});

let assembly: string;
beforeAll(() => {
  assembly = anAssembly(copyingPlan);
});

async function deployed(): Promise<AlarmedAccount> {
  const world = await AlarmedAccount.deployed(assembly);
  await world.account.inRegion(away).deploy(assembly);
  return world;
}

describe('the alarms of copies', () => {
  test('are silent while copies are made, fire when none is, call once, and end when copies are made again', async () => {
    const world = await deployed();
    await world.run(10);
    expect(world.alarming()).toEqual([]);

    const heal = world.fault(
      { operation: 'StartCopyJob' },
      { kind: 'error', when: 'before', name: 'AccessDeniedException' },
    );
    await world.run(4);
    expect(world.alarming()).toEqual(expect.arrayContaining(['orders/copy-failed', 'orders/plan-degraded']));
    expect(world.alarming()).not.toContain('orders/copy-overdue');
    await world.run(5);
    expect(world.alarming()).toContain('orders/copy-overdue');
    expect(world.calls()).toEqual([expect.stringContaining('plan-degraded')]);

    heal();
    await world.run(4);
    expect(world.alarming()).toEqual([]);
    expect(world.calls()).toHaveLength(1);
  });

  test('are silent for a plan that has just been deployed, and fire when its first copies never come', async () => {
    const world = await deployed();
    world.fault({ operation: 'StartCopyJob' }, { kind: 'error', when: 'before', name: 'AccessDeniedException' });

    await world.run(5);
    expect(world.alarming()).not.toContain('orders/copy-overdue');
    await world.run(4);
    expect(world.alarming()).toContain('orders/copy-overdue');
  });

  test('fire as well when nobody can see the vault: what is not seen must not look healthy', async () => {
    const world = await deployed();
    await world.run(2);
    const heal = world.fault({ region: away }, { kind: 'connection-lost', when: 'before', code: 'ETIMEDOUT' });

    await world.run(1);
    expect(world.alarming()).toEqual(expect.arrayContaining(['orders/copy-overdue', 'watch-silent']));
    expect(world.calls()).toEqual([expect.stringContaining('watch-silent'), expect.stringContaining('plan-degraded')]);

    heal();
    await world.run(3);
    expect(world.alarming()).toEqual([]);
  });
});
