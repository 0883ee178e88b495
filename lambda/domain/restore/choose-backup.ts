import type { Backup } from '../backup.ts';
import { distinctBackups } from '../listing.ts';
import { isOwnBackup, parseBackupName } from '../naming.ts';
import { byAge } from '../oldest-first.ts';
import { standingOf, type Restorable } from '../standing.ts';

/** Which backup of a table somebody wants back. */
export interface BackupWish {
  readonly table: string;
  /** The deployment whose backups are trusted by their seal. */
  readonly owner: string;
  /** Only those of one plan. */
  readonly plan?: string | undefined;
  /** Only those of one incarnation of the table. */
  readonly tableId?: string | undefined;
  /** The newest that was taken no later. */
  readonly before?: Date | undefined;
  /** This one and no other, whoever made it. */
  readonly arn?: string | undefined;
  /** Also those that people, or DynamoDB at the deletion of the table, made. */
  readonly isAnyWelcome: boolean;
}

/** A backup, and who made it, in words. */
export interface Candidate {
  readonly backup: Restorable;
  readonly whose: string;
  readonly plan?: string;
}

export interface BackupChoice {
  readonly chosen?: Candidate;
  /** Why there is none. */
  readonly reason?: string;
  /** What somebody should know before this one is restored. */
  readonly warnings: readonly string[];
}

/**
 * Chooses what to restore for real out of the backups of a listing.
 * > The newest restorable backup is chosen; with an instant, the newest that was taken no later.
 * > Only backups that bear the deployment's seal are chosen, unless any backup is welcome; a newer one of somebody else is named.
 * > Backups of every incarnation of a table count, and where there are several it is said.
 */
export function chooseBackupToRestore(listed: readonly Backup[], wish: BackupWish, now: Date): BackupChoice {
  const known = candidates(listed, wish, now);
  const inTime = known.filter(({ backup }) => wish.before === undefined || backup.createdAt <= wish.before);
  const meant = inTime.filter(({ backup }) => wish.tableId === undefined || backup.tableId === wish.tableId);
  const trusted = meant.filter((candidate) => isTrusted(candidate, wish));
  const chosen = trusted.at(-1);
  if (!chosen) return { reason: whyNone(listed.length, known, meant, wish), warnings: [] };
  return { chosen, warnings: [...incarnations(trusted, chosen), ...newerOnes(meant, chosen)] };
}

/** Every backup of the table that can be restored, whoever made it, oldest first. */
function candidates(listed: readonly Backup[], { table, owner }: BackupWish, now: Date): Candidate[] {
  const { backups, contradictory } = distinctBackups(listed.filter(({ tableName }) => tableName === table));
  const question = { isOwn: () => true, contradictory, now: now.getTime() };
  return backups
    .flatMap((backup) => (standingOf(asMadeByUser(backup), question).restorable ? [{ ...backup }] : []))
    .filter((backup): backup is Restorable => backup.createdAt !== undefined)
    .sort(byAge)
    .map((backup) => ({ backup, ...madeBy(backup, owner) }));
}

/** > What DynamoDB keeps of a deleted table can be restored as any other backup. */
function asMadeByUser(backup: Backup): Backup {
  return backup.type === 'SYSTEM' ? { ...backup, type: 'USER' } : backup;
}

function madeBy(backup: Backup, owner: string): Omit<Candidate, 'backup'> {
  if (backup.type === 'SYSTEM') return { whose: 'made by DynamoDB when the table was deleted' };
  const named = parseBackupName(backup.name);
  if (named && isOwnBackup(backup, named)) {
    const { plan } = named;
    return named.owner === owner
      ? { whose: `taken by the plan ${plan}`, plan }
      : { whose: `taken by the plan ${plan} of the deployment ${named.owner}` };
  }
  return { whose: 'made by somebody else, for it bears no seal' };
}

function isTrusted({ backup: { arn }, plan }: Candidate, wish: BackupWish): boolean {
  if (wish.arn !== undefined) return arn === wish.arn;
  if (wish.plan !== undefined) return plan === wish.plan;
  return wish.isAnyWelcome || plan !== undefined;
}

function whyNone(
  listed: number,
  known: readonly Candidate[],
  meant: readonly Candidate[],
  { table, owner, before }: BackupWish,
): string {
  if (listed === 0) return `there is no backup of ${table}`;
  const [oldest] = known;
  if (!oldest) return `none of the ${listed} backups listed is of ${table} and can be restored`;
  const newest = meant.at(-1);
  if (!newest) {
    return before
      ? `none was taken by ${before.toISOString()}: the oldest is of ${oldest.backup.createdAt.toISOString()}`
      : 'none is of that table id';
  }
  return `none of ${meant.length} is of the deployment ${owner}, or of the plan: ${described(newest)} is the newest of others`;
}

function incarnations(trusted: readonly Candidate[], { backup: { tableId } }: Candidate): string[] {
  const ids = [...new Set(trusted.map(({ backup }) => backup.tableId))];
  if (ids.length < 2) return [];
  const others = ids.filter((id) => id !== tableId).join(', ');
  return [`the table was made anew: this is a backup of the table id ${tableId}, there are others of ${others}`];
}

function newerOnes(meant: readonly Candidate[], { backup }: Candidate): string[] {
  const newest = meant.at(-1);
  if (!newest || newest.backup.arn === backup.arn) return [];
  return [`a newer one is there: ${described(newest)}`];
}

function described({ backup, whose }: Candidate): string {
  return `${backup.arn} of ${backup.createdAt.toISOString()}, ${whose}`;
}
