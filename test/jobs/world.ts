import { CreateBackupCommand, DeleteBackupCommand, DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbDrillLedger } from '../../lambda/aws/dynamodb-drill-ledger.ts';
import { DynamoDbLedger } from '../../lambda/aws/dynamodb-ledger.ts';
import { environmentNames } from '../../lambda/contract/environment.ts';
import { formatDrillTableName } from '../../lambda/domain/drill/drill-table-name.ts';
import { formatBackupName } from '../../lambda/domain/naming.ts';
import { hashOfPlan } from '../../lambda/domain/plan-hash.ts';
import { planSchema, type Plan, type PlanInput } from '../../lambda/domain/plan.ts';
import type { DrillResult } from '../../lambda/jobs/drill/drill-result.ts';
import type { DrillIntent } from '../../lambda/jobs/drill/ports.ts';
import type { Bundles } from '../../lib/constructs/bundle-cache.ts';
import { bundlesOfJobs } from '../../lib/constructs/job-bundles.ts';
import type { Job } from '../../lib/constructs/jobs.ts';
import type { AccountOptions } from '../../sandbox/account-options.ts';
import { SandboxAccount } from '../../sandbox/account.ts';
import { bundleFrom, type Bundle } from '../../sandbox/lambda/bundle.ts';
import kept from '../runner/kept.cjs';

export const owner = 'ab12cd34';
export const prefix = 'ddbs';
export const drillTablePrefix = 'ddb-drill-';
const ledgerTableName = 'ledger';
const hour = 3_600_000;

let texts: Bundles | undefined;

/** The function of a job as it is deployed, compiled once for all test files of a worker. */
export function bundleOf(job: Job): Bundle {
  const known = kept.get(`bundle of ${job}`) as Bundle | undefined;
  if (known) return known;
  texts ??= bundlesOfJobs();
  const bundle = bundleFrom(`/var/task/${job}.js`, texts.get(job) ?? '');
  kept.set(`bundle of ${job}`, bundle);
  return bundle;
}

/** A plan of hourly backups of the table `orders`; parts can be replaced. */
export function aPlan(parts: Partial<PlanInput> = {}): Plan {
  return planSchema.parse({
    name: 'orders',
    tables: { named: ['orders'] },
    backup: { schedule: 'rate(1 hour)' },
    keep: { last: 3 },
    minimumCopies: 1,
    ...parts,
  });
}

/** One of the two functions as it is deployed; variables can be replaced. */
export function aFunction(job: 'backup' | 'prune', variables: Readonly<Record<string, string>> = {}) {
  return functionOf(job, bundleOf(job), variables);
}

export function functionOf(job: string, code: Bundle, variables: Readonly<Record<string, string>> = {}) {
  const env = {
    [environmentNames.ledgerTableName]: ledgerTableName,
    [environmentNames.owner]: owner,
    [environmentNames.backupNamePrefix]: prefix,
    [environmentNames.drillTablePrefix]: drillTablePrefix,
    ...variables,
  };
  return { name: job, code, env, retryAttempts: 0 };
}

/** A table with the keys of a ledger. */
export async function createLedger(account: SandboxAccount, TableName: string): Promise<void> {
  await account.createTable({
    TableName,
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
    ],
  });
}

/** An account with the two functions deployed and a ledger, at 2026-11-20T03:00:00Z, with the given tables. */
export async function aWorld(
  tables: readonly string[] = ['orders'],
  { timeoutSeconds = 900, ...options }: AccountOptions & { readonly timeoutSeconds?: number } = {},
): Promise<World> {
  const account = new SandboxAccount({ startAt: new Date('2026-11-20T03:00:00Z'), ...options });
  await createLedger(account, ledgerTableName);
  for (const name of tables) await account.createTable({ TableName: name });
  for (const job of ['backup', 'prune'] as const) {
    account.loadFunction({ ...aFunction(job), timeoutSeconds });
  }
  return new World(account);
}

export interface Report {
  readonly done: number;
  readonly failed: number;
  readonly pending: number;
  readonly skipped: number;
  readonly tables: number;
  readonly discoveryErrors: readonly string[];
  readonly problems: readonly { table: string; failure?: { kind: string; message: string }; why?: string }[];
}

export interface PruneResult {
  readonly planHash: string;
  readonly blocked: { by: string; detail: string } | null;
  readonly kept: number;
  readonly expired: number;
  readonly deleted: number;
  readonly frozen: number;
  readonly held: number;
  readonly unjudgeable: number;
  readonly deletions: readonly { arn: string; outcome: string; detail?: string }[];
  readonly spared: readonly { arn: string; tableName: string; why: string }[];
}

/** A sandbox account as the tests of the jobs see it. */
export class World {
  readonly account: SandboxAccount;
  readonly #client: DynamoDBClient;

  constructor(account: SandboxAccount) {
    this.account = account;
    this.#client = account.client(DynamoDBClient);
  }

  /** Delivers a slot to the backup function and waits for the report, also when the run failed. */
  async backUp(plan: Plan = aPlan(), slot: Date = this.account.now): Promise<Report> {
    return readReport(await this.account.invoke('backup', eventOf(plan, slot))) as Report;
  }

  async prune(plan: Plan = aPlan(), slot: Date = this.account.now): Promise<PruneResult> {
    return readReport(await this.account.invoke('prune', eventOf(plan, slot))) as PruneResult;
  }

  /** Gives a table `count` restorable backups of ours, of the last `count` hours up to one ago, as if the plan had taken them. */
  plantHourly(tableName: string, count: number, plan = 'orders'): void {
    const table = this.account.dynamodb.tables.require(tableName);
    for (let hoursAgo = count; hoursAgo >= 1; hoursAgo--) {
      const slot = new Date(Math.floor(this.account.clock.now / hour) * hour - hoursAgo * hour);
      const name = formatBackupName({ prefix, owner, plan, slot, tableId: table.id });
      this.account.dynamodb.backups.plant(table, name, slot.getTime() + 1_000);
    }
  }

  /** Plants backups as somebody makes them by hand. */
  plantByHand(tableName: string, count: number): void {
    const table = this.account.dynamodb.tables.require(tableName);
    for (let hoursAgo = count; hoursAgo >= 1; hoursAgo--) {
      this.account.dynamodb.backups.plant(table, `by-hand-${hoursAgo}`, this.account.clock.now - hoursAgo * hour);
    }
  }

  /** Hands the event to Lambda's asynchronous queue, as Scheduler does, with its two retries, and lets half an hour pass. */
  async deliver(job: 'backup' | 'prune', plan: Plan = aPlan(), slot: Date = this.account.now): Promise<void> {
    this.account.functions.configure(job, { retryAttempts: 2 });
    this.account.functions.enqueue(job, JSON.stringify(eventOf(plan, slot)));
    await this.account.runFor(1_800_000);
  }

  async createBackup(tableName: string, backupName: string): Promise<void> {
    await this.#send(new CreateBackupCommand({ TableName: tableName, BackupName: backupName }));
    await this.account.runFor(1_000);
  }

  /** Deletes a backup behind our back, now or `afterMilliseconds` from now. */
  async deleteBackup(arn: string): Promise<void> {
    await this.#send(new DeleteBackupCommand({ BackupArn: arn }));
  }

  deleteBackupLater(arn: string, afterMilliseconds: number): void {
    this.account.clock.after(afterMilliseconds, () => {
      void this.#client.send(new DeleteBackupCommand({ BackupArn: arn }));
    });
  }

  /** Does something in the ledger, as the operator's command line would. */
  async operate<Result>(act: (ledger: DynamoDbLedger) => Promise<Result>): Promise<Result> {
    return this.account.clock.runUntilSettled(act(new DynamoDbLedger(this.#client, ledgerTableName)));
  }

  /** Does something in the drills' part of the ledger, as the drill function would. */
  async drill<Result>(act: (ledger: DynamoDbDrillLedger) => Promise<Result>): Promise<Result> {
    return this.account.clock.runUntilSettled(act(new DynamoDbDrillLedger(this.#client, ledgerTableName)));
  }

  /** Records the intent to restore a backup of the table `orders`, as a drill of some plan does, `afterMilliseconds` from now. */
  pinLater(sourceArn: string, afterMilliseconds: number): void {
    this.account.clock.after(afterMilliseconds, () => {
      const intent = anIntent(sourceArn, this.account.now);
      void new DynamoDbDrillLedger(this.#client, ledgerTableName).recordDrillIntent(intent);
    });
  }

  async allowDeletions(plan: Plan, deletions: number): Promise<void> {
    const validUntil = new Date(this.account.now.getTime() + 3_600_000);
    await this.operate((ledger) => ledger.allowDeletions(plan.name, hashOfPlan(plan), deletions, validUntil));
  }

  async deleteTable(tableName: string): Promise<void> {
    await this.#send(new DeleteTableCommand({ TableName: tableName }));
    await this.account.runFor(60_000);
  }

  #send(command: CreateBackupCommand | DeleteBackupCommand | DeleteTableCommand): Promise<unknown> {
    return this.account.clock.runUntilSettled(this.#client.send(command as DeleteTableCommand));
  }

  /** The names of the backups a table has, oldest first. */
  names(tableName?: string): string[] {
    return this.account.backups(tableName).map(({ name }) => name);
  }

  calls(operation: string): number {
    return this.account.journal.count('dynamodb', operation);
  }
}

/** What a drill of the plan `rehearsals` records before it restores a backup of the table `orders`. */
export function anIntent(sourceArn: string, at: Date): DrillIntent {
  const drill = { plan: 'rehearsals', table: 'orders', slot: at };
  return {
    ...drill,
    targetName: formatDrillTableName({ ...drill, drillTablePrefix, owner }),
    slot: at.toISOString(),
    sourceArn,
    recordedAt: at.toISOString(),
    executionId: `arn:aws:lambda:eu-central-1:123456789012:function:drill:1/durable-execution/${at.getTime()}/1`,
  };
}

/** A drill of the table `orders`, by the plan of that name, that has just passed with this backup. */
export function aPassedDrill(world: World, { arn, createdAt } = { arn: '', createdAt: 0 }): DrillResult {
  const at = world.account.now.toISOString();
  return {
    version: 1,
    plan: 'orders',
    table: 'orders',
    slot: at,
    targetName: 'ddb-drill-ab12cd34-0123456789abcdef',
    executionId: 'execution',
    outcome: 'passed',
    source: { arn, createdAt: new Date(createdAt).toISOString(), sizeBytes: 1, itemCount: 1 },
    indexes: 'all',
    billing: 'on-demand',
    times: {},
    settings: 'not-wanted',
    itemsVerified: 1,
    checksPassed: 0,
    startedAt: at,
    finishedAt: at,
    cleanUp: 'deleted',
  };
}

/** The event Scheduler delivers for a slot; slots are in whole seconds. */
export function eventOf(plan: Plan, slot: Date): object {
  const schedule = 'arn:aws:scheduler:eu-central-1:123456789012:schedule/backups/orders';
  return { plan, slot: slot.toISOString().replace(/\.\d+Z$/, 'Z'), schedule };
}

type Outcome = Awaited<ReturnType<SandboxAccount['invoke']>>;

/** A failed run carries its report as the error's message. */
function readReport(outcome: Outcome): unknown {
  if ('error' in outcome) return JSON.parse(outcome.error.errorMessage);
  return JSON.parse(outcome.payload);
}
