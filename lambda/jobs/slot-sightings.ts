import type { Backup } from '../domain/backup.ts';
import type { BackupPorts, BackupRun } from './backup.ts';
import type { OpenBackup } from './ports.ts';

/** The margin allows for clocks that differ. */
const requestTimeMarginMilliseconds = 2 * 60_000;

/** From when on the backups of a slot can have been requested: they are listed by the time of their request. */
export function requestedSince(slot: Date): Date {
  return new Date(slot.getTime() - requestTimeMarginMilliseconds);
}

/** Backups already requested for a slot, looked up at most once per pass and only when somebody must know. */
export class SlotSightings {
  readonly #run: BackupRun;
  readonly #ports: BackupPorts;
  #listing: Promise<ReadonlyMap<string, Backup> | undefined> | undefined;
  #open: Promise<readonly OpenBackup[]> | undefined;

  constructor(run: BackupRun, ports: BackupPorts) {
    this.#run = run;
    this.#ports = ports;
  }

  refresh(): void {
    this.#listing = undefined;
    this.#open = undefined;
  }

  /** The ticket of a request or a live backup of this table and name; `none`; or `unknown` when the listing could not be completed. */
  async find(tableName: string, backupName: string): Promise<{ readonly ticket: string } | 'none' | 'unknown'> {
    this.#open ??= this.#listOpen();
    const open = (await this.#open).find(({ table, slot }) => table === tableName && isSame(slot, this.#run.slot));
    if (open) return open;
    this.#listing ??= this.#list();
    const seen = await this.#listing;
    if (!seen) return 'unknown';
    const backup = seen.get(keyOf(tableName, backupName));
    return backup ? { ticket: backup.arn } : 'none';
  }

  /** What runs before this one left to be followed. Without the ledger, listings and tokens still keep a slot from two backups. */
  async #listOpen(): Promise<readonly OpenBackup[]> {
    const { openBackups, log } = this.#ports;
    try {
      return (await openBackups?.openBackups(this.#run.plan.name)) ?? [];
    } catch (error) {
      log.warn('ledger did not answer what is being followed', { error });
      return [];
    }
  }

  async #list(): Promise<ReadonlyMap<string, Backup> | undefined> {
    const listing = await this.#ports.backups.list({ since: requestedSince(this.#run.slot) });
    if (!listing.complete) return undefined;
    const adoptable = listing.backups.filter((b) => b.status === 'AVAILABLE' || b.status === 'CREATING');
    return new Map(adoptable.map((backup) => [keyOf(backup.tableName, backup.name), backup]));
  }
}

function isSame(one: Date, other: Date): boolean {
  return one.getTime() === other.getTime();
}

function keyOf(tableName: string, backupName: string): string {
  return `${tableName}/${backupName}`;
}
