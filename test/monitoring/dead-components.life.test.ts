import { Duration } from 'aws-cdk-lib';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { aPlan } from '../lib/deploy.ts';
import { AlarmedAccount, anAssembly, hour, oncall } from './alarmed-account.ts';

const minute = 60_000;
const objective = 2 * hour;
/** A look of `watch`, and what it takes until a metric is judged and somebody called. */
const longestSilence = (15 + 5) * minute;

const hourlyPlan = aPlan({
  backup: { schedule: 'cron(0 * * * ? *)' },
  keep: { last: 4 },
  prune: { schedule: 'cron(15 0/2 * * ? *)', deletionCap: { perTableCount: 30 } },
  objectives: { recoveryPoint: Duration.millis(objective) },
});

const neverFires = (schedule: string) => (world: AlarmedAccount) => world.fault({ schedule }, { kind: 'never-fire' });
const crashes = (output: string) => (world: AlarmedAccount) =>
  world.fault({ function: world.outputs[output] ?? '' }, { kind: 'crash', when: 'before' });
const backupsStop = neverFires('orders-backup');

/** One component that is dead, and backups that stop as well or because of it. */
const deaths: readonly [string, readonly ((world: AlarmedAccount) => () => void)[], string][] = [
  ['the schedule', [backupsStop], 'plan-unhealthy'],
  ['the backup function', [crashes('BackupFunctionName')], 'plan-unhealthy'],
  ['the pruner', [crashes('PruneFunctionName'), backupsStop], 'plan-unhealthy'],
  ['the schedule of the watch', [neverFires('all-watch'), backupsStop], 'watch-silent'],
  ['the watch function', [crashes('WatchFunctionName'), backupsStop], 'watch-silent'],
  ['the metric path', [(world) => world.fault({}, { kind: 'lost-output' }), backupsStop], 'watch-silent'],
  [
    'the ledger',
    [
      (world) =>
        world.fault(
          { table: world.outputs.LedgerTableName ?? '' },
          { kind: 'error', when: 'before', name: 'InternalServerError' },
        ),
      backupsStop,
    ],
    'plan-unhealthy',
  ],
];

/** Names of the alarms that called since an instant. */
function callersSince({ account }: AlarmedAccount, at: number): string[] {
  return account.inbox
    .messages(oncall)
    .filter((message) => message.at > at && message.subject.startsWith('ALARM: '))
    .map(({ subject }) => /\/([^/"]+)"/.exec(subject)?.[1] ?? subject);
}

/** When the newest backup there is was taken. */
function newestAt({ account }: AlarmedAccount): number {
  return Math.max(...account.backups('orders').map(({ createdAt }) => createdAt));
}

describe('with one component dead, somebody is called before the recovery point is 20 minutes overdue:', () => {
  let world: AlarmedAccount;
  beforeAll(async () => {
    world = await AlarmedAccount.deployed(anAssembly(hourlyPlan));
    await world.run(3);
  });

  test.each(deaths)('%s', async (_, kill, caller) => {
    const { account } = world;
    // Ten minutes past: the newest backup has just been taken.
    await account.runUntil(new Date(Math.ceil(account.clock.now / hour) * hour + 10 * minute));
    expect(world.alarming()).toEqual([]);
    const [deadAt, overdueAt] = [account.clock.now, newestAt(world) + objective];

    const heal = kill.map((kills) => kills(world));
    await account.runUntil(new Date(overdueAt + longestSilence));

    expect(newestAt(world)).toBe(overdueAt - objective);
    expect(callersSince(world, deadAt)).toContain(caller);

    heal.forEach((each) => {
      each();
    });
    await world.run(3.5);
    expect(world.alarming()).toEqual([]);
  });
});
