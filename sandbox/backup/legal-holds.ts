import { AwsError } from '../aws-error.ts';
import type { VirtualClock } from '../clock.ts';
import type { ApiCall } from '../front.ts';
import { Input } from '../input.ts';
import { randomUuid, type Random } from '../random.ts';
import { created } from './backup-answer.ts';
import { notFound } from './backup-errors.ts';
import { pageOf } from './paging.ts';
import type { RecoveryPoint } from './recovery-point.ts';

/** A restraint on deleting recovery points, until somebody cancels it. */
interface LegalHold {
  readonly id: string;
  readonly arn: string;
  readonly title: string;
  readonly description: string;
  readonly createdAt: number;
  /** Names of vaults; empty means all. */
  readonly vaultNames: readonly string[];
  /** ARNs of tables; empty means all. */
  readonly resourceArns: readonly string[];
  /** Of which time the points are, in epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  cancelledAt: number | undefined;
}

/** The legal holds of one Region. */
export class LegalHolds {
  readonly #clock: VirtualClock;
  readonly #random: Random;
  readonly #arnPrefix: string;
  readonly #byId = new Map<string, LegalHold>();
  readonly #byToken = new Map<string, LegalHold>();

  constructor(clock: VirtualClock, random: Random, arnPrefix: string) {
    this.#clock = clock;
    this.#random = random;
    this.#arnPrefix = arnPrefix;
  }

  /** Whether an active hold is on a point. */
  holds(point: RecoveryPoint): boolean {
    return [...this.#byId.values()].some((hold) => hold.cancelledAt === undefined && isOn(hold, point));
  }

  /** The points of all vaults that a hold is on, or was on until it was cancelled. */
  listPoints(call: ApiCall, points: readonly RecoveryPoint[]): object {
    const hold = this.#named(call);
    const { rows, token } = pageOf(
      call,
      points.filter((point) => isOn(hold, point)),
      ({ arn }) => arn,
    );
    return {
      RecoveryPoints: rows.map(({ arn, resourceArn, vault }) => ({
        RecoveryPointArn: arn,
        ResourceArn: resourceArn,
        ResourceType: 'DynamoDB',
        BackupVaultName: vault.name,
      })),
      ...token,
    };
  }

  #named(call: ApiCall): LegalHold {
    const id = new Input(call.input).text('LegalHoldId');
    const hold = this.#byId.get(id);
    if (!hold) throw notFound(`Legal hold ${id} cannot be found`);
    return hold;
  }

  create(call: ApiCall): object {
    const input = new Input(call.input);
    const token = input.optionalText('IdempotencyToken');
    const existing = token === undefined ? undefined : this.#byToken.get(token);
    const hold = existing ?? this.#add(input);
    if (token !== undefined) this.#byToken.set(token, hold);
    return described(hold);
  }

  cancel(call: ApiCall): typeof created {
    const input = new Input(call.input);
    const hold = this.#named(call);
    const { id } = hold;
    input.text('CancelDescription');
    if (hold.cancelledAt !== undefined)
      throw new AwsError('InvalidResourceStateException', `Legal hold ${id} is cancelled already`);
    hold.cancelledAt = this.#clock.now;
    return created;
  }

  list(call: ApiCall): object {
    const { rows, token } = pageOf(call, [...this.#byId.values()], ({ id }) => id);
    return { LegalHolds: rows.map(described), ...token };
  }

  #add(input: Input): LegalHold {
    const selection = input.optionalStructure('RecoveryPointSelection');
    const range = selection?.optionalStructure('DateRange');
    const id = randomUuid(this.#random);
    const hold: LegalHold = {
      id,
      arn: `${this.#arnPrefix}:legal-hold:${id}`,
      title: input.text('Title'),
      description: input.text('Description'),
      createdAt: this.#clock.now,
      vaultNames: selection?.texts('VaultNames') ?? [],
      resourceArns: selection?.texts('ResourceIdentifiers') ?? [],
      from: (range?.optionalNumber('FromDate') ?? -Infinity) * 1000,
      to: (range?.optionalNumber('ToDate') ?? Infinity) * 1000,
      cancelledAt: undefined,
    };
    this.#byId.set(id, hold);
    return hold;
  }
}

function isOn(hold: LegalHold, { vault, resourceArn, createdAt }: RecoveryPoint): boolean {
  return (
    (hold.vaultNames.length === 0 || hold.vaultNames.includes(vault.name)) &&
    (hold.resourceArns.length === 0 || hold.resourceArns.includes(resourceArn)) &&
    createdAt >= hold.from &&
    createdAt <= hold.to
  );
}

function described({ id, arn, title, description, createdAt, cancelledAt }: LegalHold): object {
  return {
    LegalHoldId: id,
    LegalHoldArn: arn,
    Title: title,
    Description: description,
    CreationDate: createdAt / 1000,
    Status: cancelledAt === undefined ? 'ACTIVE' : 'CANCELED',
    ...(cancelledAt !== undefined && { CancellationDate: cancelledAt / 1000 }),
  };
}
