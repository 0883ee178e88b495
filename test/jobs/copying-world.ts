import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbCopies } from '../../lambda/aws/dynamodb-copies.ts';
import { copyRoleVariable, eventBusVariable, vaultVariables } from '../../lambda/contract/environment.ts';
import { formatBackupName } from '../../lambda/domain/naming.ts';
import type { Plan, PlanInput } from '../../lambda/domain/plan.ts';
import type { SandboxAccount } from '../../sandbox/account.ts';
import { anEngineWorld, vaultName, EngineWorld, type SeenBackup } from './engine-world.ts';
import { bundleOf, createLedger, functionOf, owner, prefix, type PruneResult, type World } from './world.ts';

const minute = 60_000;
const hour = 60 * minute;
export const away = 'eu-west-1';
export const copyVault = `dynamodb-copies-${owner}-eu-central-1`;
export const copyVaultArn = `arn:aws:backup:${away}:123456789012:backup-vault:${copyVault}`;
const roleArn = 'arn:aws:iam::123456789012:role/backup-service';

interface CopyCounts {
  readonly made: number;
  readonly failed: number;
  readonly open: number;
  readonly failures: readonly { readonly failure: { readonly kind: string; readonly message: string } }[];
}

/** What prune says of the places that copies go to. */
interface PruneOfBoth extends PruneResult {
  readonly copies: readonly PruneResult[];
}

/** A world whose plan is of AWS Backup and copies to the vault that a deployment has in another Region; what became of copies it tells on its bus. */
export class CopyingWorld {
  readonly engine: EngineWorld;

  static async create(tables: readonly string[] = ['orders']): Promise<CopyingWorld> {
    const engine = await anEngineWorld('aws-backup', tables);
    const { account } = engine;
    const env = {
      [vaultVariables.vaultName]: vaultName,
      [copyRoleVariable]: roleArn,
      [eventBusVariable]: 'default',
    };
    account.loadFunction({ ...functionOf('follow', bundleOf('follow'), env), timeoutSeconds: 900 });
    await addCopyVault(account);
    return new CopyingWorld(engine);
  }

  /** The vaults of such a world, and its ledgers, in a world that is there already; nobody follows jobs in it. */
  static async beside(world: World): Promise<CopyingWorld> {
    world.account.backup.vaults.add({ BackupVaultName: vaultName });
    await addCopyVault(world.account);
    return new CopyingWorld(new EngineWorld(world, 'aws-backup'));
  }

  private constructor(engine: EngineWorld) {
    this.engine = engine;
  }

  get account(): SandboxAccount {
    return this.engine.account;
  }

  /** An hourly plan that keeps three recovery points and five copies; parts can be replaced. */
  plan(
    parts: Partial<PlanInput> = {},
    copies: PlanInput['backup']['awsBackup'] = { copies: [{ region: away, keep: { last: 5 } }] },
  ): Plan {
    const plan = this.engine.plan(parts);
    return this.engine.plan({ ...parts, backup: { ...plan.backup, awsBackup: copies } });
  }

  /** Takes a backup of each table of the plan, and lets the job end without anybody following it. */
  async take(plan = this.plan(), slot = this.account.now): Promise<void> {
    await this.engine.world.backUp(plan, slot);
    await this.account.runFor(10 * minute);
  }

  /** A run of follow, and what it says of copies. */
  async follow(plan = this.plan()): Promise<CopyCounts> {
    return ((await this.engine.follow(plan)) as { readonly copies: CopyCounts }).copies;
  }

  /** Runs of follow, ten minutes apart; of each what it says of copies. */
  async followFor(hours: number, plan = this.plan()): Promise<readonly CopyCounts[]> {
    const said: CopyCounts[] = [];
    for (let at = 0; at < hours * hour; at += 10 * minute) {
      said.push(await this.follow(plan));
      await this.account.runFor(10 * minute);
    }
    return said;
  }

  async prune(plan = this.plan()): Promise<PruneOfBoth> {
    return (await this.engine.prune(plan)) as PruneOfBoth;
  }

  /** The copies that are there, oldest first. */
  copies(): SeenBackup[] {
    const { vaults, points } = this.account.inRegion(away).backup;
    return points
      .in(vaults.require(copyVault))
      .filter(({ status, goneAt }) => status !== 'DELETING' && goneAt === undefined)
      .toSorted((one, other) => one.createdAt - other.createdAt)
      .map(({ arn, backup, tags, status }) => ({
        arn,
        tableName: backup.tableName,
        name: tags.get('dynamodb-backups:name') ?? '',
        isRestorable: status === 'COMPLETED',
      }));
  }

  /** Wants a copy of a recovery point of the plan `orders`, as follow does, `afterMilliseconds` from now. */
  wantLater(sourceArn: string, afterMilliseconds: number): void {
    this.account.clock.after(afterMilliseconds, () => {
      const { now } = this.account;
      const copy = { plan: 'orders', table: 'orders', slot: now, sourceArn, destinationArn: copyVaultArn };
      const ledger = new DynamoDbCopies(this.account.client(DynamoDBClient), 'ledger');
      void ledger.wantCopy({ ...copy, attempt: 1, notBefore: now });
    });
  }

  started(): number {
    return this.account.backup.copyJobs.all.length;
  }

  calls(operation: string): number {
    return this.account.journal.entries({ operation }).length;
  }

  /** Gives the table `orders` copies of the last `count` hours up to one ago; some of them as somebody else's. */
  plantCopies(count: number, tagsOf = (name: string, tableId: string) => ownTags(name, tableId)): string[] {
    const { vaults, points } = this.account.inRegion(away).backup;
    const table = this.account.dynamodb.tables.require('orders');
    return Array.from({ length: count }, (_, nth) => {
      const slot = new Date(Math.floor(this.account.clock.now / hour) * hour - (count - nth) * hour);
      const name = formatBackupName({ prefix, owner, plan: 'orders', slot, tableId: table.id });
      const tags = tagsOf(name, table.id);
      return points.plant(vaults.require(copyVault), table, slot.getTime() + 1_000, { tags, roleArn }).arn;
    });
  }
}

/** With the table beside it. */
async function addCopyVault(account: SandboxAccount): Promise<void> {
  account.inRegion(away).backup.vaults.add({ BackupVaultName: copyVault });
  await createLedger(account.inRegion(away), copyVault);
}

function ownTags(name: string, tableId: string): Record<string, string> {
  return { 'dynamodb-backups:name': name, 'dynamodb-backups:table-id': tableId };
}
