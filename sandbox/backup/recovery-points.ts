import type { VirtualClock } from '../clock.ts';
import type { Backups, ListLag } from '../dynamodb/backups.ts';
import type { StoredBackup } from '../dynamodb/stored-backup.ts';
import type { Table } from '../dynamodb/table.ts';
import type { ApiCall } from '../front.ts';
import { Input } from '../input.ts';
import { randomUuid, type Random } from '../random.ts';
import { busy, invalidRequest, notFound } from './backup-errors.ts';
import type { LegalHolds } from './legal-holds.ts';
import type { Lifecycle } from './lifecycle.ts';
import { instantIn, pageOf } from './paging.ts';
import { PointLifecycles } from './point-lifecycle.ts';
import { describePoint, pointInVault, pointOfResource, type RecoveryPoint } from './recovery-point.ts';
import type { Vault } from './vault.ts';
import type { Vaults } from './vaults.ts';

interface RecoveryPointsParts {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly vaults: Vaults;
  readonly backups: Backups;
  readonly holds: LegalHolds;
  /** `arn:PARTITION:backup:REGION:ACCOUNT`. */
  readonly arnPrefix: string;
  /** Whether a role may have DynamoDB delete a backup. */
  readonly mayDelete: (roleArn: string, backupArn: string) => boolean;
}

/** What a job knows about the point that it makes. */
export interface NewPoint {
  readonly arn: string;
  readonly vault: Vault;
  readonly backup: StoredBackup;
  readonly resourceArn: string;
  readonly roleArn: string;
  readonly createdAt: number;
  readonly lifecycle: Lifecycle;
  readonly tags: Map<string, string>;
  readonly sourceVaultArn?: string;
  readonly isContinuous?: boolean;
}

/** What is told of a point that is planted. */
export interface Planted {
  readonly tags?: Readonly<Record<string, string>>;
  readonly lifecycle?: Lifecycle;
  readonly isContinuous?: boolean;
  readonly roleArn?: string;
}

const deletionMs = 10_000;
/** Filters by what no point here has. */
const neverFulfilled = ['ByBackupPlanId', 'ByParentRecoveryPointArn'];

/** The recovery points of one Region: CREATING, COMPLETED, DELETING, gone; or EXPIRED when their deletion came to nothing. */
export class RecoveryPoints {
  readonly #parts: RecoveryPointsParts;
  readonly #byArn = new Map<string, RecoveryPoint>();
  /** Those that are gone, for as long as listings are behind. */
  readonly #lingering = new Set<RecoveryPoint>();
  readonly listLag: ListLag = { createdMs: 0, deletedMs: 0 };
  readonly #lifecycles: PointLifecycles;

  constructor(parts: RecoveryPointsParts) {
    this.#parts = parts;
    const { clock, random } = parts;
    this.#lifecycles = new PointLifecycles({ clock, random, expire: (point) => this.#expire(point) });
  }

  /** Every point that exists. */
  get all(): RecoveryPoint[] {
    return [...this.#byArn.values()];
  }

  in(vault: Vault): RecoveryPoint[] {
    return this.all.filter((point) => point.vault === vault);
  }

  find(arn: string): RecoveryPoint | undefined {
    return this.#byArn.get(arn);
  }

  newArn(): string {
    return `${this.#parts.arnPrefix}:recovery-point:${randomUuid(this.#parts.random).toUpperCase()}`;
  }

  /** A point that a job has begun to make. */
  begin(made: NewPoint): RecoveryPoint {
    const point: RecoveryPoint = {
      sourceVaultArn: undefined,
      isContinuous: false,
      ...made,
      isFullyManaged: /^arn:[^:]+:backup:/.test(made.arn),
      initiatedAt: this.#parts.clock.now,
      completedAt: undefined,
      status: 'CREATING',
      statusMessage: undefined,
      storageClass: 'WARM',
      lastRestoredAt: undefined,
      jobs: 0,
      goneAt: undefined,
    };
    this.#byArn.set(point.arn, point);
    return point;
  }

  /**
   * A copy that a job has begun to make. AWS does not say whether it has the age of its source: here it has, for its content is as old.
   */
  beginCopy(source: RecoveryPoint, vault: Vault, roleArn: string, lifecycle: Lifecycle): RecoveryPoint {
    const arn = this.newArn();
    const backup: StoredBackup = { ...source.backup, arn, status: 'CREATING', restoring: 0 };
    const { resourceArn, createdAt } = source;
    const made = { arn, vault, backup, resourceArn, roleArn, createdAt, lifecycle, tags: new Map(source.tags) };
    return this.begin({ ...made, sourceVaultArn: source.vault.arn });
  }

  /** The job has made the point. A PARTIAL one does not hold everything. */
  complete(point: RecoveryPoint, status: 'COMPLETED' | 'PARTIAL' | 'AVAILABLE' = 'COMPLETED'): void {
    point.status = status;
    point.completedAt = this.#parts.clock.now;
    if (point.isFullyManaged) point.backup.status = 'AVAILABLE';
    else this.#parts.backups.finish(point.backup);
    this.#lifecycles.follow(point);
  }

  /** The point is no more, at once: its job came to nothing, or its deletion is done. */
  remove(point: RecoveryPoint): void {
    if (point.goneAt !== undefined) return;
    const wasListed = point.status !== 'CREATING';
    point.goneAt = this.#parts.clock.now;
    this.#byArn.delete(point.arn);
    if (!point.isFullyManaged) this.#parts.backups.remove(point.backup);
    if (!wasListed || this.listLag.deletedMs === 0) return;
    this.#lingering.add(point);
    this.#parts.clock.after(this.listLag.deletedMs, () => this.#lingering.delete(point));
  }

  /** Puts a finished point into a vault that was made before the story began, or by somebody else. */
  plant(vault: Vault, table: Table, createdAt: number, more: Planted = {}): RecoveryPoint {
    const {
      isContinuous = false,
      tags = {},
      lifecycle = { coldAfterDays: undefined, deleteAfterDays: undefined },
    } = more;
    const suffix = randomUuid(this.#parts.random);
    const arn = isContinuous
      ? `${this.#parts.arnPrefix}:recovery-point:continuous:${table.name.toLowerCase()}-${suffix.slice(0, 8)}`
      : this.newArn();
    const backup = this.#parts.backups.capture(table, arn, `awsbackup-${suffix}`, createdAt);
    const roleArn = more.roleArn ?? 'arn:aws:iam::000000000000:role/somebody-else';
    const made = { arn, vault, backup, resourceArn: table.arn, roleArn, createdAt, lifecycle, isContinuous };
    const point = this.begin({ ...made, tags: new Map(Object.entries(tags)) });
    this.complete(point, isContinuous ? 'AVAILABLE' : 'COMPLETED');
    return point;
  }

  /** The point that a request names by its vault and ARN. */
  named(call: ApiCall): RecoveryPoint {
    const vault = this.#parts.vaults.named(call);
    const arn = new Input(call.input).text('RecoveryPointArn');
    const point = this.#byArn.get(arn);
    if (point?.vault !== vault) throw notFound(`Recovery point ${arn} cannot be found in vault ${vault.name}`);
    return point;
  }

  describe(call: ApiCall): object {
    return describePoint(this.named(call));
  }

  updateLifecycle(call: ApiCall): object {
    return this.#lifecycles.update(call, this.named(call));
  }

  listByVault(call: ApiCall): object {
    const input = new Input(call.input);
    const vault = this.#parts.vaults.named(call);
    const [after, before] = [instantIn(input, 'ByCreatedAfter'), instantIn(input, 'ByCreatedBefore')];
    const [resource, type] = [input.optionalText('ByResourceArn'), input.optionalText('ByResourceType') ?? 'DynamoDB'];
    const isPossible = type === 'DynamoDB' && neverFulfilled.every((member) => input.members[member] === undefined);
    const { rows, token } = this.#page(
      call,
      (point) =>
        isPossible &&
        point.vault === vault &&
        (resource === undefined || point.resourceArn === resource) &&
        point.createdAt > (after ?? -Infinity) &&
        point.createdAt < (before ?? Infinity),
    );
    return { RecoveryPoints: rows.map(pointInVault), ...token };
  }

  listByResource(call: ApiCall): object {
    const arn = new Input(call.input).text('ResourceArn');
    const { rows, token } = this.#page(call, (point) => point.resourceArn === arn);
    return { RecoveryPoints: rows.map(pointOfResource), ...token };
  }

  /**
   * > With insufficient permissions, the service answers 200 with an empty body, but the recovery point is not deleted; it becomes EXPIRED.
   * Source: service model, DeleteRecoveryPoint.
   */
  delete(call: ApiCall): void {
    const point = this.named(call);
    if (point.vault.lock) throw invalidRequest(`Recovery point cannot be deleted: vault ${point.vault.name} is locked`);
    if (this.#parts.holds.holds(point))
      throw invalidRequest('Recovery point cannot be deleted: it is under a legal hold');
    if (isBusy(point))
      throw busy(`Recovery point ${point.arn} is in use: ${point.jobs > 0 ? 'a job reads it' : point.status}`);
    if (call.effects.some(({ kind }) => kind === 'kept-recovery-point') || !this.#isDeletable(point)) keep(point);
    else this.#delete(point);
  }

  /** The retention of a point is over. > EXPIRED: it has exceeded its retention period, but it could not be deleted. */
  #expire(point: RecoveryPoint): boolean {
    if (isBusy(point)) return false;
    const isDeletable = !this.#parts.holds.holds(point) && this.#isDeletable(point);
    if (isDeletable) this.#delete(point);
    else keep(point);
    return isDeletable;
  }

  #delete(point: RecoveryPoint): void {
    point.status = 'DELETING';
    this.#parts.clock.after(this.#parts.random() * deletionMs, () => { this.remove(point); }); // prettier-ignore
  }

  #isDeletable({ isFullyManaged, roleArn, backup }: RecoveryPoint): boolean {
    return isFullyManaged || this.#parts.mayDelete(roleArn, backup.arn);
  }

  /** Points come in no order of use: by their ARN, so that one page follows the other whatever happens between. */
  #page(call: ApiCall, wanted: (point: RecoveryPoint) => boolean): ReturnType<typeof pageOf<RecoveryPoint>> {
    const { createdMs } = this.listLag;
    const visibleUntil = this.#parts.clock.now - createdMs;
    const listed = [...this.#byArn.values(), ...this.#lingering].filter(
      (point) => wanted(point) && (createdMs === 0 || point.initiatedAt <= visibleUntil),
    );
    return pageOf(call, listed, ({ arn }) => arn);
  }
}

function isBusy({ status, jobs }: RecoveryPoint): boolean {
  return status === 'CREATING' || status === 'DELETING' || jobs > 0;
}

function keep(point: RecoveryPoint): void {
  point.status = 'EXPIRED';
  point.statusMessage = 'AWS Backup could not delete the recovery point';
}
