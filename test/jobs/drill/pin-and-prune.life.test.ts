import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { describe, expect, test } from '@jest/globals';
import { DynamoDbLedger } from '../../../lambda/aws/dynamodb-ledger.ts';
import { DynamoDbTables } from '../../../lambda/aws/dynamodb-tables.ts';
import type { Engine } from '../../../lambda/domain/plan.ts';
import { pruneBackups, type PrunePorts } from '../../../lambda/jobs/prune.ts';
import { owner, prefix } from '../world.ts';
import { aDrillPlan, drillTablePrefix, DrillWorld } from './drill-world.ts';

type Side = 'drill' | 'prune';

/** Every order in which the steps of two sides can happen. */
function interleavings(one: readonly Side[], other: readonly Side[]): Side[][] {
  const [first, ...rest] = one;
  const [second, ...remaining] = other;
  if (!first) return [[...other]];
  if (!second) return [[...one]];
  return [
    ...interleavings(rest, other).map((order) => [first, ...order]),
    ...interleavings(one, remaining).map((order) => [second, ...order]),
  ];
}

/** Lets the calls of two sides happen in one given order; a side that has ended makes way, and what comes after the order is free. */
class Turns {
  readonly #order: Side[];
  readonly #ended = new Set<Side>();
  #waiting: { readonly side: Side; readonly go: () => void }[] = [];

  constructor(order: readonly Side[]) {
    this.#order = [...order];
  }

  async take<Result>(side: Side, act: () => Promise<Result>): Promise<Result> {
    await new Promise<void>((go) => {
      this.#waiting.push({ side, go });
      this.#admit();
    });
    try {
      return await act();
    } finally {
      this.#order.shift();
      this.#admit();
    }
  }

  end(side: Side): void {
    this.#ended.add(side);
    this.#admit();
  }

  #admit(): void {
    while (this.#order[0] && this.#ended.has(this.#order[0])) this.#order.shift();
    const [turn] = this.#order;
    const next = this.#waiting.findIndex(({ side }) => turn === undefined || side === turn);
    const [admitted] = next < 0 ? [] : this.#waiting.splice(next, 1);
    admitted?.go();
  }
}

/** All orders with `ORDERS=all`; without it, every ninth, the first among them. */
const stride = process.env.ORDERS === 'all' ? 1 : 9;

/** What the two sides tell each other by, in the order each of them does it. */
const ofPrune: readonly Side[] = ['prune', 'prune', 'prune', 'prune'];
const ofDrill: readonly Side[] = ['drill', 'drill', 'drill', 'drill'];

/** The oldest of five backups is expired and is what the drill wants; both sides run at once, their decisive calls in the given order. */
async function raced(order: readonly Side[], engine: Engine) {
  const world = await DrillWorld.create(['orders']);
  const arns = [5, 4, 3, 2, 1].map((hoursAgo) => world.plant('orders', hoursAgo, engine));
  const plan = aDrillPlan({ backup: 'oldest', rearm: [] }, engine);
  const turns = new Turns(order);
  const wrapped = <Args extends unknown[], Result>(side: Side, act: (...args: Args) => Promise<Result>) => {
    return (...args: Args) => turns.take(side, () => act(...args));
  };

  const { ledger, restores } = world.ports;
  const backups = world.backupsOf(engine);
  ledger.recordDrillIntent = wrapped('drill', ledger.recordDrillIntent.bind(ledger));
  ledger.announcedDeletions = wrapped('drill', ledger.announcedDeletions.bind(ledger));
  const describeSource = restores.describeSource.bind(restores);
  let described = 0;
  restores.describeSource = (source) =>
    described++ === 0 ? describeSource(source) : turns.take('drill', () => describeSource(source));
  restores.start = wrapped('drill', restores.start.bind(restores));

  const retention = new DynamoDbLedger(world.client, 'ledger');
  let pins = 0;
  const pinned = retention.pinned.bind(retention);
  retention.pinned = () => (pins++ === 0 ? pinned() : turns.take('prune', pinned));
  retention.recordIntent = wrapped('prune', retention.recordIntent.bind(retention));
  retention.settleIntent = wrapped('prune', retention.settleIntent.bind(retention));
  const clients = {
    dynamodb: world.account.client(DynamoDBClient),
    tagging: world.account.client(ResourceGroupsTaggingAPIClient),
  };
  const ports: PrunePorts = {
    tables: new DynamoDbTables(clients),
    backups: { ...backups, delete: wrapped('prune', (arn: string) => backups.delete(arn)) },
    ledger: retention,
    timing: world.ports.timing,
    log: world.ports.log,
  };
  const deadline = new Date(world.account.clock.now + 900_000);
  const run = { plan: { ...plan, keep: { last: 4 } }, runId: 'run', prefix, owner, drillTablePrefix, deadline };
  const [report, result] = await Promise.all([
    world.account.clock.runUntilSettled(pruneBackups(run, ports).finally(() => { turns.end('prune'); })), // prettier-ignore
    world.drill(world.runOf(plan)).finally(() => { turns.end('drill'); }), // prettier-ignore
  ]);
  return { expired: arns[0], outcome: result.outcome, restored: result.source?.arn, deletions: report.deletions };
}

describe.each<Engine>(['dynamodb', 'aws-backup'])(
  'a drill of engine %s that wants what retention deletes',
  (engine) => {
    const orders = interleavings(ofDrill, ofPrune);

    test('can meet it in 70 orders', () => {
      expect(new Set(orders.map(String)).size).toBe(70);
    });

    test('[X12] passes in every order, and never restores what was deleted: one of the two always sees the other', async () => {
      const seen = { keptByPrune: 0, leftByDrill: 0 };
      for (const order of orders.filter((_, nth) => nth % stride === 0)) {
        const { expired, outcome, restored, deletions } = await raced(order, engine);

        expect({ order, outcome }).toEqual({ order, outcome: 'passed' });
        expect(deletions.every(({ arn }) => arn === expired)).toBe(true);
        const isDeleted = deletions[0]?.outcome === 'deleted';
        expect({ order, isBoth: isDeleted && restored === expired }).toEqual({ order, isBoth: false });
        if (!isDeleted) seen.keptByPrune++;
        if (restored !== expired) seen.leftByDrill++;
      }
      expect(seen.keptByPrune).toBeGreaterThan(0);
      expect(seen.leftByDrill).toBeGreaterThan(0);
    });
  },
);
