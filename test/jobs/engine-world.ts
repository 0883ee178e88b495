import { vaultVariables } from '../../lambda/contract/environment.ts';
import { formatBackupName } from '../../lambda/domain/naming.ts';
import type { Engine, Plan, PlanInput } from '../../lambda/domain/plan.ts';
import type { World } from './world.ts';
import { aPlan, aWorld, bundleOf, functionOf, owner, prefix, type PruneResult, type Report } from './world.ts';

const minute = 60_000;
const hour = 60 * minute;
export const vaultName = 'dynamodb-backups-ab12cd34';
const roleArn = 'arn:aws:iam::123456789012:role/backup-service';
const vaultEnvironment = { [vaultVariables.vaultName]: vaultName, [vaultVariables.roleArn]: roleArn };

/** A backup as it is seen from outside, whichever engine made it. */
export interface SeenBackup {
  readonly arn: string;
  readonly tableName: string;
  readonly name: string;
  readonly isRestorable: boolean;
}

/** A world whose plan is of one engine: what its runs did is asked for in words that fit both. */
export class EngineWorld {
  readonly world: World;
  readonly engine: Engine;
  /** What asks for a backup, and what deletes one. */
  readonly operations: { readonly create: string; readonly list: string; readonly delete: string };

  constructor(world: World, engine: Engine) {
    this.world = world;
    this.engine = engine;
    this.operations =
      engine === 'dynamodb'
        ? { create: 'CreateBackup', list: 'ListBackups', delete: 'DeleteBackup' }
        : { create: 'StartBackupJob', list: 'ListRecoveryPointsByBackupVault', delete: 'DeleteRecoveryPoint' };
  }

  get account() {
    return this.world.account;
  }

  /** An hourly plan of the engine that keeps the last three; parts can be replaced. */
  plan(parts: Partial<PlanInput> = {}): Plan {
    const { backup } = aPlan(parts);
    return aPlan({ ...parts, backup: { ...backup, engine: this.engine } });
  }

  /** Delivers a slot, lets jobs come to their end, and follows them. */
  async backUp(plan = this.plan(), slot = this.account.now): Promise<Report> {
    const report = await this.world.backUp(plan, slot);
    await this.settle(plan);
    return report;
  }

  /** As Scheduler does, with Lambda's retries, and with whatever follows. */
  async deliver(plan = this.plan(), slot = this.account.now): Promise<void> {
    await this.world.deliver('backup', plan, slot);
    await this.settle(plan);
  }

  /** Lets the jobs that run end, and looks what became of them. */
  async settle(plan = this.plan()): Promise<void> {
    if (this.engine === 'dynamodb') return;
    await this.account.runFor(20 * minute);
    await this.follow(plan);
  }

  async follow(plan = this.plan()): Promise<object> {
    return outcomeOf(await this.account.invoke('follow', { plan }));
  }

  async prune(plan = this.plan()): Promise<PruneResult> {
    return await this.world.prune(plan);
  }

  backups(tableName?: string): SeenBackup[] {
    return (this.engine === 'dynamodb' ? this.#ofDynamoDb() : this.#ofVault()).filter(
      (backup) => tableName === undefined || backup.tableName === tableName,
    );
  }

  names(tableName?: string): string[] {
    return this.backups(tableName).map(({ name }) => name);
  }

  /** The hours of the slots of the backups that a table has, oldest first. */
  slotsLeft(tableName = 'orders'): string[] {
    return this.names(tableName).map((name) => name.split('.')[3]?.slice(9, 11) ?? name);
  }

  calls(operation: keyof EngineWorld['operations']): number {
    return this.account.journal.entries({ operation: this.operations[operation] }).length;
  }

  metric(name: string): number | undefined {
    return this.account.metrics.maximum('DynamoDBBackups', name, { Plan: 'orders' });
  }

  /** Gives a table `count` restorable backups of the plan `orders`, of the last `count` hours up to one ago. */
  plantHourly(tableName: string, count: number): void {
    if (this.engine === 'dynamodb') this.world.plantHourly(tableName, count);
    else this.#plantPoints(tableName, count);
  }

  #plantPoints(tableName: string, count: number): void {
    const { tables } = this.account.dynamodb;
    const table = tables.require(tableName);
    for (let hoursAgo = count; hoursAgo >= 1; hoursAgo--) {
      const slot = new Date(Math.floor(this.account.clock.now / hour) * hour - hoursAgo * hour);
      const name = formatBackupName({ prefix, owner, plan: 'orders', slot, tableId: table.id });
      this.plantPoint(tableName, slot.getTime() + 1_000, {
        'dynamodb-backups:name': name,
        'dynamodb-backups:table-id': table.id,
      });
    }
  }

  /** Puts a recovery point with these tags into the vault. */
  plantPoint(tableName: string, createdAt: number, tags: Record<string, string>, more: object = {}): string {
    const { vaults, points } = this.account.backup;
    const table = this.account.dynamodb.tables.require(tableName);
    return points.plant(vaults.require(vaultName), table, createdAt, { tags, roleArn, ...more }).arn;
  }

  #ofDynamoDb(): SeenBackup[] {
    return this.account
      .backups()
      .map(({ arn, tableName, name, status }) => ({ arn, tableName, name, isRestorable: status === 'AVAILABLE' }));
  }

  #ofVault(): SeenBackup[] {
    const { vaults, points } = this.account.backup;
    return points
      .in(vaults.require(vaultName))
      .filter(({ status, goneAt }) => status !== 'DELETING' && goneAt === undefined)
      .toSorted((one, other) => one.createdAt - other.createdAt)
      .map(({ arn, backup, tags, status }) => ({
        arn,
        tableName: backup.tableName,
        name: tags.get('dynamodb-backups:name') ?? '',
        isRestorable: status === 'COMPLETED',
      }));
  }
}

/** An account at 2026-11-20T03:00:00Z with the given tables, the functions of a deployment with this engine, its ledger and, if need be, its vault. */
export async function anEngineWorld(engine: Engine, tables: readonly string[] = ['orders']): Promise<EngineWorld> {
  const world = await aWorld(tables);
  if (engine === 'aws-backup') {
    world.account.backup.vaults.add({ BackupVaultName: vaultName });
    for (const job of ['backup', 'prune', 'follow'] as const) {
      world.account.loadFunction({ ...functionOf(job, bundleOf(job), vaultEnvironment), timeoutSeconds: 900 });
    }
  }
  return new EngineWorld(world, engine);
}

function outcomeOf(outcome: Awaited<ReturnType<EngineWorld['account']['invoke']>>): object {
  if ('error' in outcome) throw new Error(outcome.error.errorMessage);
  return JSON.parse(outcome.payload) as object;
}
