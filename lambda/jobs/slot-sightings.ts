import type { Backup } from '../domain/backup.ts';
import type { Backups } from './ports.ts';

/** A backup is listed by the time of its request; the margin allows for clocks that differ. */
export const requestTimeMarginMilliseconds = 2 * 60_000;

/** Backups already requested for a slot, looked up at most once per pass and only when somebody must know. */
export class SlotSightings {
  readonly #since: Date;
  readonly #backups: Backups;
  #listing: Promise<ReadonlyMap<string, Backup> | undefined> | undefined;

  constructor(slot: Date, backups: Backups) {
    this.#since = new Date(slot.getTime() - requestTimeMarginMilliseconds);
    this.#backups = backups;
  }

  refresh(): void {
    this.#listing = undefined;
  }

  /** The live backup of this table and name, `'none'`, or `'unknown'` when the listing could not be completed. */
  async find(tableName: string, backupName: string): Promise<Backup | 'none' | 'unknown'> {
    this.#listing ??= this.#list();
    const seen = await this.#listing;
    return seen ? (seen.get(keyOf(tableName, backupName)) ?? 'none') : 'unknown';
  }

  async #list(): Promise<ReadonlyMap<string, Backup> | undefined> {
    const listing = await this.#backups.list({ since: this.#since });
    if (!listing.complete) return undefined;
    const adoptable = listing.backups.filter((b) => b.status === 'AVAILABLE' || b.status === 'CREATING');
    return new Map(adoptable.map((backup) => [keyOf(backup.tableName, backup.name), backup]));
  }
}

function keyOf(tableName: string, backupName: string): string {
  return `${tableName}/${backupName}`;
}
