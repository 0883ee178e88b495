import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { AlarmedAccount, anAssembly, hour, oncall, owner } from './alarmed-account.ts';

jest.setTimeout(240_000);

const eventsDocument = readFileSync(new URL('../../docs/events.md', import.meta.url), 'utf8');

let assembly: string;
beforeAll(() => {
  assembly = anAssembly();
});

/** One real fault, and the alarms it raises. */
interface Incident {
  readonly name: string;
  readonly raises: readonly string[];
  /** Which alarms call about it, each once. */
  readonly callers: readonly string[];
  /** Makes something go wrong, and returns what puts it right. */
  readonly happens: (world: AlarmedAccount) => (() => unknown) | Promise<() => unknown>;
  /** Hours until its alarms are raised at the latest, and until all is well again once it is put right. */
  readonly raised: number;
  readonly over: number;
}

const error = (name: string) => ({ kind: 'error', when: 'before', name }) as const;
const neverFires = (schedule: string) => (world: AlarmedAccount) => world.fault({ schedule }, { kind: 'never-fire' });
const fails = (operation: string, name: string) => (world: AlarmedAccount) => world.fault({ operation }, error(name));

const ofBackups: readonly Incident[] = [
  {
    // Watch looks every quarter of an hour, and an objective of two hours is broken an hour after the first missing backup.
    name: '[D07] a schedule that never fires',
    raises: ['recovery-point-overdue', 'scheduler-silent', 'backups-missing'],
    callers: ['plan-unhealthy'],
    happens: neverFires('orders-backup'),
    raised: 3,
    over: 3,
  },
  {
    name: 'CreateBackup refused',
    raises: ['backup-failed'],
    callers: ['plan-degraded'],
    happens: fails('CreateBackup', 'LimitExceededException'),
    raised: 1.2,
    over: 3,
  },
  {
    name: 'a schedule switched off',
    raises: ['schedule-missing'],
    callers: ['plan-unhealthy'],
    happens: ({ account }) => {
      const schedule = account.schedules.all.find(({ name }) => name === 'orders-prune');
      if (!schedule) throw new Error('there is no schedule to switch off');
      account.schedules.put({ ...schedule, enabled: false });
      return () => account.schedules.put({ ...schedule, enabled: true });
    },
    // Schedules are read once an hour, and seen missing in two looks.
    raised: 1.8,
    over: 2.6,
  },
];

const ofRetention: readonly Incident[] = [
  {
    name: 'a prune that never starts',
    raises: ['pruner-silent'],
    callers: ['plan-degraded'],
    happens: neverFires('orders-prune'),
    raised: 4,
    over: 2.6,
  },
  {
    name: 'a listing that prune cannot read',
    raises: ['retention-blocked'],
    callers: ['plan-degraded'],
    happens: (world) =>
      world.fault(
        { operation: 'ListBackups', function: world.outputs.PruneFunctionName ?? '' },
        error('InternalServerError'),
      ),
    raised: 3,
    over: 3,
  },
  {
    name: 'a deletion that is not allowed',
    raises: ['deletion-denied'],
    callers: ['plan-degraded'],
    happens: fails('DeleteBackup', 'AccessDeniedException'),
    raised: 3,
    over: 3,
  },
  {
    name: 'a deletion that fails',
    raises: ['deletion-failing'],
    callers: ['plan-degraded'],
    happens: fails('DeleteBackup', 'InternalServerError'),
    raised: 3,
    over: 3,
  },
];

const ofTables: readonly Incident[] = [
  {
    // DynamoDB cannot read the table, so a backup and a drill fail as well.
    name: 'a key about to be deleted',
    raises: ['encryption-key-at-risk', 'backup-failed', 'drill-failed'],
    callers: ['drill-failed', 'encryption-key-at-risk', 'plan-degraded'],
    happens: ({ account }) => {
      account.keys.scheduleDeletion('ours');
      return () => {
        account.keys.enable('ours');
      };
    },
    // Tables and their keys are read once an hour.
    raised: 1.6,
    over: 4,
  },
  {
    name: 'a new table that cannot be backed up',
    // The run that fails calls first, and the table that has waited for as long as it may calls again.
    raises: ['backup-failed', 'unprotected-table'],
    callers: ['plan-degraded', 'plan-unhealthy'],
    happens: async (world) => {
      const heal = world.fault({ operation: 'CreateBackup', table: 'orders-new' }, error('LimitExceededException'));
      await world.account.createTable({ TableName: 'orders-new' });
      return heal;
    },
    raised: 4.5,
    over: 2.6,
  },
  {
    name: '[B33] point-in-time recovery that somebody turned off and no run can turn on',
    raises: ['point-in-time-recovery-off'],
    callers: ['point-in-time-recovery-off'],
    happens: (world) => {
      const { settings, tables } = world.account.dynamodb;
      const heal = world.fault(
        { operation: 'UpdateContinuousBackups', table: 'orders' },
        error('AccessDeniedException'),
      );
      settings.setPointInTimeRecovery(tables.require('orders'), undefined);
      return heal;
    },
    // Nobody is called before a run that reads the settings would have put it right.
    raised: 11,
    over: 3,
  },
];

const ofDrills: readonly Incident[] = [
  {
    name: 'a restore that fails',
    raises: ['drill-failed'],
    callers: ['drill-failed'],
    happens: (world) =>
      world.fault({ operation: 'RestoreTableFromBackup' }, { kind: 'failed-restore', afterMs: 60_000 }),
    raised: 3.5,
    over: 4,
  },
  {
    name: 'a restore that takes too long',
    raises: ['recovery-time-exceeded'],
    callers: ['recovery-time-exceeded'],
    happens: (world) => world.fault({ operation: 'RestoreTableFromBackup' }, { kind: 'slow-restore', ms: 2.4 * hour }),
    raised: 6,
    over: 4,
  },
  {
    name: 'a drill table that cannot be deleted',
    raises: ['drill-table-left-behind'],
    callers: ['plan-degraded'],
    happens: fails('DeleteTable', 'InternalServerError'),
    raised: 20,
    over: 4,
  },
];

describe.each([
  ['backups', ofBackups],
  ['retention', ofRetention],
  ['tables', ofTables],
  ['drills', ofDrills],
])('what goes wrong with %s is raised, calls once, and is over when all is right again', (_, incidents) => {
  let world: AlarmedAccount;
  beforeAll(async () => {
    world = await AlarmedAccount.deployed(assembly);
    await world.run(6);
    expect(world.calls()).toEqual([]);
  });

  test.each(incidents)('$name', async ({ raises, callers, happens, raised, over }) => {
    const before = world.calls().length;
    expect(world.alarming()).toEqual([]);

    const heal = await happens(world);
    await world.run(raised);
    expect(world.alarming()).toEqual(expect.arrayContaining(raises.map((name) => `orders/${name}`)));
    await world.run(0.2);
    expect(world.calls().slice(before).sort()).toEqual(callers.map((name) => expect.stringContaining(name)));

    await heal();
    await world.run(over);
    expect(world.alarming()).toEqual([]);
  });
});

test('a slow incident hides none that comes later: retention is blocked, a forecast is bad, and then backups stop', async () => {
  const world = await AlarmedAccount.deployed(assembly);
  await world.run(4);

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

/** What no fault of the sandbox brings about: the values are published beside those of the app, as if they had been seen. */
describe('what is only said', () => {
  let world: AlarmedAccount;
  beforeAll(async () => {
    world = await AlarmedAccount.deployed(assembly);
    await world.run(2);
  });

  test.each([
    ['backup-shrank', 'backup-shrank', 'BackupShrink', 0.6],
    ['recovery-time-forecast', 'recovery-time-forecast', 'RestoreTimeForecastDays', 12],
    ['drill-overdue', 'plan-degraded', 'DrillAgeToExpected', 1.1],
  ])('%s is raised and %s calls, and it is over when it is said no more', async (alarm, caller, metric, value) => {
    const before = world.calls().length;
    expect(world.alarming()).toEqual([]);
    world.say(metric, value);

    await world.run(0.2);
    expect(world.alarming()).toContain(`orders/${alarm}`);
    expect(world.calls().slice(before)).toEqual([expect.stringContaining(caller)]);

    await world.run(1);
    expect(world.alarming()).toEqual([]);
  });
});

describe('the deployment', () => {
  let world: AlarmedAccount;
  beforeAll(async () => {
    world = await AlarmedAccount.deployed(assembly);
    await world.run(2);
  });

  test('calls once when nothing is published any more, and its plans keep quiet', async () => {
    const heal = world.fault({ schedule: 'all-watch' }, { kind: 'never-fire' });
    await world.run(1.5);
    expect(world.alarming()).toEqual(expect.arrayContaining(['watch-silent', 'orders/recovery-point-overdue']));
    expect(world.calls()).toEqual([expect.stringContaining('watch-silent')]);

    heal();
    await world.run(1);
    expect(world.alarming()).toEqual([]);
  });

  test('[D08] calls when Scheduler cannot start a run', async () => {
    const before = world.calls().length;

    const heal = world.fault({ schedule: 'orders-backup' }, { kind: 'delivery-fails', name: 'AccessDeniedException' });
    await world.run(1.5);
    expect(world.calls().slice(before)).toContainEqual(expect.stringContaining('invocations-dropped'));

    heal();
    await world.run(2.5);
    expect(world.alarming()).toEqual([]);
  });

  test('calls when watch cannot see everything, and a plan it still sees goes on calling', async () => {
    const before = world.calls().length;

    world.fault({ operation: 'GetTopicAttributes' }, error('InternalErrorException'));
    await world.run(1.5);
    world.fault({ schedule: 'orders-backup' }, { kind: 'never-fire' });
    await world.run(3);

    expect(world.calls().slice(before)).toEqual([
      expect.stringContaining('watch-silent'),
      expect.stringContaining('plan-unhealthy'),
    ]);
  });
});

test('a run that fails for good is a dead letter, which calls until somebody has taken it out of the queue', async () => {
  const world = await AlarmedAccount.deployed(assembly, { publishesQueueDepth: true });
  const { queues } = world.account;
  await world.run(2);
  const heal = world.fault({ operation: 'CreateBackup' }, error('LimitExceededException'));
  await world.run(1.2);
  expect(world.alarming()).toEqual(expect.arrayContaining(['dead-letters/backup-runs', 'orders/backup-failed']));
  expect(world.calls().sort()).toEqual(
    ['dead-letters/backup-runs', 'plan-degraded'].map((name) => expect.stringContaining(name)),
  );

  heal();
  await world.run(3);
  expect(world.alarming()).toEqual(['dead-letters/backup-runs']);
  for (const name of queues.names) for (const { messageId } of queues.messages(name)) queues.delete(name, messageId);
  await world.run(0.2);
  expect(world.alarming()).toEqual([]);
});

/** A rule as docs/events.md has it, from the event bus into a queue. Returns what reads the names of the alarms that were told there. */
function secondPath({ account }: AlarmedAccount): () => string[] {
  const [pattern] = /^\{ "source": \["aws\.cloudwatch"\].*$/m.exec(eventsDocument) ?? [];
  account.queues.create('second-path');
  account.eventBus.putRule('second-path', JSON.parse((pattern ?? '').replace('<owner>', owner)));
  const wholeEvent = { constant: undefined, path: undefined, template: undefined };
  const arn = `arn:aws:sqs:${account.region}:${account.accountId}:second-path`;
  account.eventBus.putTarget('second-path', { id: 'queue', arn, input: wholeEvent, deadLetterArn: undefined });
  const alarmName = /"alarmName":"[^"]*\/([^"/]+)"/;
  return () => account.queues.messages('second-path').map(({ body }) => alarmName.exec(body)?.[1] ?? body);
}

test('[M03] what must last a day is raised after it: nobody has confirmed, which the event bus tells at once, and the last table is gone', async () => {
  const world = await AlarmedAccount.deployed(assembly, { confirmed: false });
  const heard = secondPath(world);
  await world.run(2);
  expect(world.alarming()).toEqual(['nobody-listens']);
  expect(heard()).toEqual(['nobody-listens']);

  await world.account.client(DynamoDBClient).send(new DeleteTableCommand({ TableName: 'orders' }));
  await world.run(26);
  const lasting = ['nobody-listens', 'orders/plan-covers-nothing', 'subscription-unconfirmed'];
  expect(world.alarming()).toEqual(expect.arrayContaining(lasting));
  expect(world.alarming()).not.toContain('orders/plan-unhealthy');

  world.account.inbox.confirm(oncall);
  await world.account.createTable({ TableName: 'orders' });
  await world.run(3.5);
  expect(world.alarming()).toEqual([]);
});
