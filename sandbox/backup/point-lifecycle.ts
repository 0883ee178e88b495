import type { VirtualClock } from '../clock.ts';
import type { PlannedEvent } from '../event-queue.ts';
import type { ApiCall } from '../front.ts';
import { Input } from '../input.ts';
import type { Random } from '../random.ts';
import { invalidParameter, invalidRequest } from './backup-errors.ts';
import { calculatedLifecycle, describeLifecycle, instantsOf, lifecycleIn, type Lifecycle } from './lifecycle.ts';
import type { RecoveryPoint } from './recovery-point.ts';

interface PointLifecyclesParts {
  readonly clock: VirtualClock;
  readonly random: Random;
  /** Deletes a point whose time has come; says whether it could. */
  readonly expire: (point: RecoveryPoint) => boolean;
}

/** > Backups are deleted at a randomly chosen point over the following 8 hours. Source: developer guide, recovery-points. */
const deletionWindowMs = 8 * 3_600_000;
/** What could not be deleted is tried again each day. */
const retryMs = 24 * 3_600_000;

/** Moves recovery points to cold storage and deletes them when their lifecycle says so. */
export class PointLifecycles {
  readonly #parts: PointLifecyclesParts;
  readonly #planned = new WeakMap<RecoveryPoint, readonly PlannedEvent[]>();

  constructor(parts: PointLifecyclesParts) {
    this.#parts = parts;
  }

  /** Plans what the lifecycle of a finished point says, in place of what was planned before. */
  follow(point: RecoveryPoint): void {
    for (const event of this.#planned.get(point) ?? []) event.cancel();
    const { coldAt, deleteAt } = instantsOf(point.lifecycle, point.createdAt);
    const { clock, random } = this.#parts;
    const planned: PlannedEvent[] = [];
    // > Backup ignores the transition for resource types without cold storage: DynamoDB has it with advanced features only.
    if (coldAt !== undefined && point.isFullyManaged && point.storageClass === 'WARM')
      planned.push(clock.at(coldAt, () => { becomeCold(point); })); // prettier-ignore
    if (deleteAt !== undefined)
      planned.push(clock.at(deleteAt + random() * deletionWindowMs, () => { this.#delete(point); })); // prettier-ignore
    this.#planned.set(point, planned);
  }

  /** > The transition to cold cannot be changed after a backup has been transitioned to cold. Source: service model, Lifecycle. */
  update(call: ApiCall, point: RecoveryPoint): object {
    const lifecycle = lifecycleIn(new Input(call.input));
    if (point.vault.lock) throw invalidRequest(`Lifecycle cannot be changed: vault ${point.vault.name} is locked`);
    checkCold(point, lifecycle);
    point.lifecycle = lifecycle;
    this.follow(point);
    return {
      BackupVaultArn: point.vault.arn,
      RecoveryPointArn: point.arn,
      Lifecycle: describeLifecycle(lifecycle),
      CalculatedLifecycle: calculatedLifecycle(lifecycle, point.createdAt),
    };
  }

  #delete(point: RecoveryPoint): void {
    if (point.goneAt !== undefined || this.#parts.expire(point)) return;
    this.#planned.set(point, [this.#parts.clock.after(retryMs, () => { this.#delete(point); })]); // prettier-ignore
  }
}

function becomeCold(point: RecoveryPoint): void {
  if (point.goneAt === undefined && point.status !== 'DELETING') point.storageClass = 'COLD';
}

function checkCold(point: RecoveryPoint, { coldAfterDays }: Lifecycle): void {
  if (point.storageClass === 'COLD' && coldAfterDays !== point.lifecycle.coldAfterDays)
    throw invalidParameter(
      `MoveToColdStorageAfterDays of a point in cold storage cannot be changed, it is ${point.lifecycle.coldAfterDays ?? 'none'}`,
    );
}
