import type { SandboxAccount } from '../sandbox/account.ts';
import type { StoredBackup } from '../sandbox/dynamodb/stored-backup.ts';

/** What became of one backup; instants in epoch milliseconds. */
export interface Sighting {
  readonly backup: StoredBackup;
  availableAt: number | undefined;
  deletedAt: number | undefined;
  /** Whether the table still had a newer restorable backup when this one was deleted. */
  hadNewer: boolean | undefined;
}

/**
 * Sees every backup come and go. It knows nothing of plans and retention and reads the account itself, so that it can testify whether
 * the product kept its promises.
 */
export class Witness {
  readonly #sightings = new Map<string, Sighting>();
  #deleted = 0;

  constructor({ dynamodb, clock }: SandboxAccount) {
    dynamodb.backups.watch(({ kind, backup }) => {
      const sighting = this.#sightingOf(backup);
      if (kind === 'available') sighting.availableAt = clock.now;
      if (kind !== 'deleted') return;
      sighting.deletedAt = clock.now;
      sighting.hadNewer = dynamodb.backups.all.some((other) => isRestorable(other) && isNewer(other, backup));
      this.#deleted++;
    });
  }

  get taken(): number {
    return this.#sightings.size;
  }

  get deleted(): number {
    return this.#deleted;
  }

  /** All backups there ever were, or those of one table, in order of creation. */
  of(tableName?: string): readonly Sighting[] {
    const all = [...this.#sightings.values()];
    return tableName === undefined ? all : all.filter(({ backup }) => backup.tableName === tableName);
  }

  #sightingOf(backup: StoredBackup): Sighting {
    const known = this.#sightings.get(backup.arn);
    if (known) return known;
    const sighting: Sighting = { backup, availableAt: undefined, deletedAt: undefined, hadNewer: undefined };
    this.#sightings.set(backup.arn, sighting);
    return sighting;
  }
}

function isRestorable({ status, deletedAt }: StoredBackup): boolean {
  return status === 'AVAILABLE' && deletedAt === undefined;
}

function isNewer(other: StoredBackup, backup: StoredBackup): boolean {
  return other.tableId === backup.tableId && other.createdAt > backup.createdAt;
}

/** The plan and the slot in the name of a scheduled backup, read without the product's own parser; undefined for other names. */
export function slotOf({ name }: StoredBackup): { readonly plan: string; readonly at: number } | undefined {
  const [, plan, text] = /^scheduled\.[^.]+\.([^.]+)\.(\d{8}T\d{6}Z)\./.exec(name) ?? [];
  if (plan === undefined || text === undefined) return undefined;
  return { plan, at: Date.parse(text.replace(/^(.{4})(..)(..)T(..)(..)/, '$1-$2-$3T$4:$5:')) };
}
