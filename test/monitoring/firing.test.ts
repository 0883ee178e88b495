import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { AlarmedAccount, anAssembly, hour, oncall } from './alarmed-account.ts';

jest.setTimeout(240_000);

let assembly: string;
beforeAll(() => {
  assembly = anAssembly();
});

/** One real fault, and the alarm it raises. */
interface Incident {
  readonly alarm: string;
  /** Which alarm of the plan calls about it. */
  readonly caller: string;
  /** Makes something go wrong, and returns what puts it right. */
  readonly happens: (world: AlarmedAccount) => (() => unknown) | Promise<() => unknown>;
  /** Hours until the alarm is raised at the latest, and until it is over once all is right again. */
  readonly raised: number;
  readonly over: number;
}

const error = (name: string) => ({ kind: 'error', when: 'before', name }) as const;
const neverFires = (schedule: string) => (world: AlarmedAccount) => world.fault({ schedule }, { kind: 'never-fire' });

const incidents: Incident[] = [
  // Watch looks every quarter of an hour, and an objective of two hours is broken an hour after the first missing backup.
  {
    alarm: 'recovery-point-overdue',
    caller: 'plan-unhealthy',
    happens: neverFires('orders-backup'),
    raised: 2.6,
    over: 1.6,
  },
  { alarm: 'scheduler-silent', caller: 'plan-unhealthy', happens: neverFires('orders-backup'), raised: 3, over: 1.6 },
  {
    alarm: 'backup-failed',
    caller: 'plan-degraded',
    happens: (world) => world.fault({ operation: 'CreateBackup' }, error('LimitExceededException')),
    raised: 1.2,
    over: 1.2,
  },
  {
    alarm: 'schedule-missing',
    caller: 'plan-unhealthy',
    happens: ({ account }) => {
      const schedule = account.schedules.all.find(({ name }) => name === 'orders-prune');
      if (!schedule) throw new Error('there is no schedule to switch off');
      account.schedules.put({ ...schedule, enabled: false });
      return () => account.schedules.put({ ...schedule, enabled: true });
    },
    // Schedules are read once an hour, and seen missing in two looks.
    raised: 1.8,
    over: 1.8,
  },
  { alarm: 'pruner-silent', caller: 'plan-degraded', happens: neverFires('orders-prune'), raised: 4, over: 2.6 },
  {
    alarm: 'retention-blocked',
    caller: 'plan-degraded',
    happens: (world) =>
      world.fault(
        { operation: 'ListBackups', function: world.functions.PruneFunctionName ?? '' },
        error('InternalServerError'),
      ),
    raised: 3,
    over: 3,
  },
  {
    alarm: 'deletion-denied',
    caller: 'plan-degraded',
    happens: (world) => world.fault({ operation: 'DeleteBackup' }, error('AccessDeniedException')),
    raised: 3,
    over: 3,
  },
  {
    alarm: 'deletion-failing',
    caller: 'plan-degraded',
    happens: (world) => world.fault({ operation: 'DeleteBackup' }, error('InternalServerError')),
    raised: 3,
    over: 3,
  },
  {
    // It ends an hour after the last slot that was missed could have been made good.
    alarm: 'backups-missing',
    caller: 'plan-unhealthy',
    happens: neverFires('orders-backup'),
    raised: 3,
    over: 3,
  },
  {
    alarm: 'drill-table-left-behind',
    caller: 'plan-degraded',
    happens: (world) => world.fault({ operation: 'DeleteTable' }, error('InternalServerError')),
    raised: 22,
    over: 4,
  },
  {
    alarm: 'recovery-time-exceeded',
    caller: 'recovery-time-exceeded',
    happens: (world) => world.fault({ operation: 'RestoreTableFromBackup' }, { kind: 'slow-restore', ms: 3 * hour }),
    raised: 10,
    over: 10,
  },
  {
    alarm: 'encryption-key-at-risk',
    caller: 'encryption-key-at-risk',
    happens: ({ account }) => {
      account.keys.scheduleDeletion('ours');
      return () => {
        account.keys.enable('ours');
      };
    },
    // Tables and their keys are read once an hour.
    raised: 1.6,
    over: 1.6,
  },
  {
    alarm: 'unprotected-table',
    caller: 'plan-unhealthy',
    happens: async (world) => {
      const heal = world.fault({ operation: 'CreateBackup', table: 'orders-new' }, error('LimitExceededException'));
      await world.account.createTable({ TableName: 'orders-new' });
      return heal;
    },
    raised: 4.5,
    over: 2.6,
  },
  {
    alarm: 'drill-failed',
    caller: 'drill-failed',
    happens: (world) =>
      world.fault({ operation: 'RestoreTableFromBackup' }, { kind: 'failed-restore', afterMs: 60_000 }),
    raised: 7,
    over: 8,
  },
];

describe.each(incidents)('$alarm', ({ alarm, caller, happens, raised, over }) => {
  test('is raised by a real fault, calls once, and is over when all is right again', async () => {
    const world = await AlarmedAccount.deployed(assembly);
    await world.run(7);
    expect(world.calls()).toEqual([]);

    const heal = await happens(world);
    await world.run(raised);
    expect(world.stateOf(`orders/${alarm}`)).toBe('ALARM');
    await world.run(0.2);
    expect(world.calls()).toEqual([expect.stringContaining(caller)]);

    await heal();
    await world.run(over);
    expect(world.stateOf(`orders/${alarm}`)).toBe('OK');
  });
});

test('a slow incident hides none that comes later: retention is blocked, a forecast is bad, and then backups stop', async () => {
  const world = await AlarmedAccount.deployed(assembly);
  await world.run(3);

  world.fault({ operation: 'DeleteBackup' }, error('AccessDeniedException'));
  await world.run(3);
  world.say('RestoreTimeForecastDays', 12);
  await world.run(0.2);
  world.fault({ schedule: 'orders-backup' }, { kind: 'never-fire' });
  await world.run(3);

  expect(world.calls()).toEqual(
    ['plan-degraded', 'recovery-time-forecast', 'plan-unhealthy'].map((name) => expect.stringContaining(name)),
  );
});

test('[D07] a schedule that never fires raises what hangs on real backups and what hangs on runs, and calls once', async () => {
  const world = await AlarmedAccount.deployed(assembly);
  await world.run(7);

  world.fault({ schedule: 'orders-backup' }, { kind: 'never-fire' });
  await world.run(4);

  const missed = ['orders/recovery-point-overdue', 'orders/scheduler-silent', 'orders/backups-missing'];
  expect(world.alarming()).toEqual(expect.arrayContaining(missed));
  expect(world.calls()).toEqual([expect.stringContaining('plan-unhealthy')]);
});

describe('plan-covers-nothing', () => {
  test('is raised when the last table is gone for a day', async () => {
    const world = await AlarmedAccount.deployed(assembly);
    await world.run(2);

    await world.account.client(DynamoDBClient).send(new DeleteTableCommand({ TableName: 'orders' }));
    await world.run(26);
    expect(world.alarming()).toContain('orders/plan-covers-nothing');

    await world.account.createTable({ TableName: 'orders' });
    await world.run(2.5);
    expect(world.alarming()).not.toContain('orders/plan-covers-nothing');
  });
});

/** What no fault of the sandbox brings about: the values are published beside those of the app, as if they had been seen. */
describe.each<[string, (world: AlarmedAccount) => void]>([
  ['orders/backup-shrank', (world) => { world.say('BackupShrink', 0.6); }], // prettier-ignore
  ['orders/recovery-time-forecast', (world) => { world.say('RestoreTimeForecastDays', 12); }], // prettier-ignore
  ['orders/drill-overdue', (world) => { world.say('DrillAgeToExpected', 1.1); }], // prettier-ignore
])('%s', (alarm, say) => {
  test('is raised by what is said, and is over when it is said no more', async () => {
    const world = await AlarmedAccount.deployed(assembly);
    await world.run(2);
    say(world);

    await world.run(0.2);
    expect(world.alarming()).toContain(alarm);

    await world.run(1);
    expect(world.alarming()).not.toContain(alarm);
  });
});

test('dead letters call while there are any: SQS says how many', async () => {
  const world = await AlarmedAccount.deployed(assembly);
  await world.run(1);
  const queue = world.account.queues.names.find((name) => name.includes('FailedRuns')) ?? '';

  world.say('ApproximateNumberOfMessagesVisible', 1, 'AWS/SQS', { QueueName: queue });
  await world.run(0.1);
  expect(world.calls()).toEqual([expect.stringContaining('dead-letters')]);

  await world.run(0.5);
  expect(world.alarming()).toEqual([]);
});

describe('the deployment', () => {
  test('calls once when nothing is published any more, and its plans keep quiet', async () => {
    const world = await AlarmedAccount.deployed(assembly);
    await world.run(2);

    const heal = world.fault({ schedule: 'all-watch' }, { kind: 'never-fire' });
    await world.run(1.5);
    expect(world.alarming()).toEqual(expect.arrayContaining(['watch-silent', 'orders/recovery-point-overdue']));
    expect(world.calls()).toEqual([expect.stringContaining('watch-silent')]);

    heal();
    await world.run(1);
    expect(world.alarming()).toEqual([]);
  });

  test('calls when watch cannot see everything, and a plan it still sees goes on calling', async () => {
    const world = await AlarmedAccount.deployed(assembly);
    await world.run(2);

    world.fault({ operation: 'GetTopicAttributes' }, error('InternalErrorException'));
    await world.run(1.5);
    world.fault({ schedule: 'orders-backup' }, { kind: 'never-fire' });
    await world.run(3);

    expect(world.calls()).toEqual([expect.stringContaining('watch-silent'), expect.stringContaining('plan-unhealthy')]);
  });

  test('[D08] calls when Scheduler cannot start a run', async () => {
    const world = await AlarmedAccount.deployed(assembly);
    await world.run(2);

    const heal = world.fault({ schedule: 'orders-backup' }, { kind: 'delivery-fails', name: 'AccessDeniedException' });
    await world.run(1.5);
    expect(world.calls()).toContainEqual(expect.stringContaining('invocations-dropped'));

    heal();
    await world.run(1.5);
    expect(world.alarming()).not.toContain('invocations-dropped/dynamodb-backups-team1');
  });

  test('says when somebody has not confirmed, and when nobody has', async () => {
    const world = await AlarmedAccount.deployed(assembly, { confirmed: false });

    await world.run(2);
    expect(world.alarming()).toEqual(['nobody-listens']);
    await world.run(25);
    expect(world.alarming()).toEqual(['nobody-listens', 'subscription-unconfirmed']);

    world.account.inbox.confirm(oncall);
    await world.run(3.5);
    expect(world.alarming()).toEqual([]);
  });
});
