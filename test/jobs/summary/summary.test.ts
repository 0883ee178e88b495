import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { describe, expect, test } from '@jest/globals';
import { dynamoDbBackups } from '../../../lambda/aws/dynamodb-backups.ts';
import { DynamoDbCopies } from '../../../lambda/aws/dynamodb-copies.ts';
import { DynamoDbDrillLedger } from '../../../lambda/aws/dynamodb-drill-ledger.ts';
import { DynamoDbLedger } from '../../../lambda/aws/dynamodb-ledger.ts';
import { DynamoDbTables } from '../../../lambda/aws/dynamodb-tables.ts';
import { copyPlaces } from '../../../lambda/domain/copy-destination.ts';
import type { Plan } from '../../../lambda/domain/plan.ts';
import type { Message } from '../../../lambda/domain/summary/message.ts';
import type { SummaryPorts } from '../../../lambda/jobs/summary/ports.ts';
import { summarizeWeek } from '../../../lambda/jobs/summary/summary.ts';
import { aDrillResult } from '../event-reports.ts';
import { aPlan, aWorld, drillTablePrefix, owner, prefix, type World } from '../world.ts';

const hour = 3_600_000;

/** Writes the summary of the week up to now, over the real adapters; parts of what it asks can be replaced. */
async function summarize(world: World, plans: readonly Plan[], parts: Partial<SummaryPorts> = {}): Promise<Message> {
  const { account } = world;
  const dynamodb = account.client(DynamoDBClient);
  const once = account.client(DynamoDBClient, { maxAttempts: 1 });
  const backups = dynamoDbBackups({ dynamodb, dynamodbOnce: once });
  const ledger = new DynamoDbLedger(dynamodb, 'ledger');
  const published: Message[] = [];
  const ports: SummaryPorts = {
    tables: new DynamoDbTables({ dynamodb, tagging: account.client(ResourceGroupsTaggingAPIClient) }),
    backupsOf: () => backups,
    ledger: Object.assign(ledger, { drills: new DynamoDbDrillLedger(dynamodb, 'ledger') }),
    copies: {
      placesOf: (plan) =>
        copyPlaces(plan, { owner, homeArn: 'arn:aws:lambda:eu-central-1:123456789012:function:summary' }),
      newestCopies: (plan) => new DynamoDbCopies(dynamodb, 'ledger').newestCopies(plan),
      reportsSince: (plan, since) => ledger.reportsSince('copy', plan, since),
    },
    restoreTests: () => Promise.resolve([]),
    timing: { now: () => account.now },
    log: { warn: () => undefined, error: () => undefined },
    countUnconfirmed: () => Promise.resolve(0),
    publish: (message) => {
      published.push(message);
      return Promise.resolve();
    },
    ...parts,
  };
  const run = { plans, owner, prefix, drillTablePrefix, region: 'eu-central-1', slot: account.now };
  const message = await account.clock.runUntilSettled(summarizeWeek(run, ports));
  if (!parts.publish) expect(published).toEqual([message]);
  return message;
}

/** Lets so many hours pass, each with a backup run at its beginning, and a prune run after the last. */
async function live(world: World, hours: number, plan: Plan): Promise<void> {
  for (let nth = 0; nth < hours; nth++) {
    const next = Math.ceil((world.account.clock.now + 1) / hour) * hour;
    await world.account.runFor(next - world.account.clock.now);
    await world.backUp(plan);
  }
  await world.prune(plan);
}

const promising = (parts: Parameters<typeof aPlan>[0] = {}) =>
  aPlan({ backup: { schedule: 'cron(0 * * * ? *)' }, objectives: { recoveryPoint: 'PT2H' }, ...parts });

describe('the weekly summary', () => {
  test('counts what was taken, deleted and kept, and says that all is well', async () => {
    const world = await aWorld();
    const plan = promising({ keep: { last: 3 }, prune: { deletionCap: { perTableCount: 20 } } });
    await live(world, 8, plan);

    const { subject, text } = await summarize(world, [plan]);

    expect(subject).toContain('All plans inside their objectives');
    expect(text).toContain('Backups of 1 table: 8 taken, 0 failed, 0 missing');
    expect(text).toContain('Deleted: 5, wanted by none of last 3');
    expect(text).toContain('Kept: 3 (last 3, minimum-copies 1, newest 1)');
    expect(text).toContain('Nothing needs a person.');
  });

  test('counts what was never taken up, and says when that broke the objective', async () => {
    const world = await aWorld();
    const plan = promising();
    await live(world, 3, plan);
    await world.account.runFor(6 * hour);

    const { subject, text } = await summarize(world, [plan]);

    expect(subject).toContain('orders: recovery point exceeds its objective');
    expect(text).toContain('3 taken, 0 failed, 4 missing');
    expect(text).toContain('orders: went 6 h without a new backup, promised are 2 h; 4 backups missing');
  });

  test('counts what was tried and failed', async () => {
    const world = await aWorld();
    const plan = promising({ tables: { named: ['orders'] } });
    await live(world, 2, plan);
    world.account.faults.add({
      match: { service: 'dynamodb', operation: 'CreateBackup' },
      effect: { kind: 'error', when: 'before', name: 'ContinuousBackupsUnavailableException' },
    });
    await live(world, 1, plan);
    await world.account.runFor(2 * hour);

    expect((await summarize(world, [plan])).text).toContain('2 taken, 1 failed,');
  });

  test('says of a table without any backup that it has none', async () => {
    const world = await aWorld(['orders', 'items']);
    const plan = promising({ tables: { named: ['orders', 'items'] } });
    await live(world, 1, promising({ tables: { named: ['orders'] } }));

    const { subject, text } = await summarize(world, [plan]);

    expect(subject).toContain('orders: a table has no backup');
    expect(text).toContain('- items: has no restorable backup');
  });

  test('tells what restores took, by the drills in the ledger', async () => {
    const world = await aWorld();
    const plan = promising({
      objectives: { recoveryTime: 'PT30M' },
      drill: { schedule: 'cron(0 5 ? * SUN *)' },
    });
    await live(world, 1, plan);
    const at = world.account.now.toISOString();
    await world.drill((ledger) => ledger.saveDrill(aDrillResult({ slot: at, startedAt: at, finishedAt: at })));

    const { subject, text } = await summarize(world, [plan]);

    expect(subject).toContain('orders: restore time exceeds its objective');
    expect(text).toContain('took up to 50 min 30 s to restore, promised are 30 min');
    expect(text).toContain('restore 50 min 6 s to 50 min 30 s; no trend after 1 drill; proven today');
  });

  test('names what needs a person: holds, blocked retention, subscriptions', async () => {
    const world = await aWorld();
    const plan = promising({ keep: { last: 1 }, prune: { deletionCap: { perTableCount: 1, perTablePercent: 0 } } });
    await live(world, 5, plan);
    const [oldest] = world.account.backups('orders');
    await world.operate((ledger) => ledger.placeHold(oldest?.arn ?? '', 'audit', world.account.now));

    const { subject, text } = await summarize(world, [plan], { countUnconfirmed: () => Promise.resolve(1) });

    expect(subject).toContain('3 things need a person');
    expect(text).toContain('- orders: retention deletes nothing (deletion-cap): 3 of 5 backups of table orders');
    expect(text).toContain('- orders: 1 backup on hold until somebody lifts it');
    expect(text).toContain('- 1 subscription not confirmed');
  });

  test('says of a plan that could not be read whole that it could not, and tells of the others', async () => {
    const world = await aWorld();
    const matching = promising({ name: 'all', tables: { matching: ['o*'] } });
    await live(world, 1, promising());
    world.account.faults.add({
      match: { service: 'dynamodb', operation: 'ListTables' },
      effect: { kind: 'error', when: 'before', name: 'AccessDeniedException' },
    });

    const { subject, text } = await summarize(world, [promising(), matching]);

    expect(subject).toContain('all: could not be read');
    expect(text).toContain('PLAN orders: inside its objectives');
  });

  test('is told though nobody could count the subscriptions, and fails only when it cannot be sent', async () => {
    const world = await aWorld();
    await live(world, 1, promising());
    const refuse = () => Promise.reject(new Error('AuthorizationError'));

    expect((await summarize(world, [promising()], { countUnconfirmed: refuse })).text).toContain('Nothing needs');
    await expect(summarize(world, [promising()], { publish: refuse })).rejects.toThrow('AuthorizationError');
  });
});
