import type { Backup } from '../lambda/domain/backup.ts';
import { completeListing } from '../lambda/domain/listing.ts';
import { isOwnBackup } from '../lambda/domain/naming.ts';
import { judge } from '../lambda/domain/retention.ts';
import type { StoredBackup } from '../sandbox/dynamodb/stored-backup.ts';
import type { Life } from './life.ts';
import { owner } from './start.ts';
import type { DemoTable } from './tables.ts';

/** Why the backups of one table are still there. */
export interface Kept {
  /** Backups of the plan kept per reason; one backup may have several. */
  readonly byReason: Readonly<Record<string, number>>;
  /** Backups that the next prune run will delete. */
  readonly expiring: number;
}

/** Asks retention itself, on the final listing, why each backup of a table's plan stays. */
export function keptBackups(life: Life, { name, plan: planName }: DemoTable): Kept {
  const plan = life.plans.get(planName);
  if (!plan) throw new Error(`the deployed schedules carry no plan ${planName}`);
  const scope = { prefix: 'scheduled', owner, plan: planName };
  const { verdicts } = judge({
    plan,
    listing: completeListing(life.account.backups().map(asListed)),
    isOwn: (backup) => isOwnBackup(backup, scope),
    liveTables: new Map(life.account.dynamodb.tables.all.map((table) => [table.name, table.id])),
    holds: new Set(),
    now: life.account.now,
  });
  const ofTable = verdicts.filter(({ backup }) => backup.tableName === name && isOwnBackup(backup, scope));
  const codes = ofTable.flatMap(({ verdict, reasons }) => (verdict === 'keep' ? reasons.map(({ code }) => code) : []));
  const byReason = Object.fromEntries(
    order(new Set(codes)).map((code) => [code, codes.filter((c) => c === code).length]),
  );
  return { byReason, expiring: ofTable.filter(({ verdict }) => verdict === 'delete').length };
}

const usualOrder = ['last', 'hourly', 'daily', 'weekly', 'monthly', 'yearly', 'within', 'newest', 'minimum-copies'];

/** Rules first, from short to long, then the floors, then what freezes. */
function order(codes: ReadonlySet<string>): string[] {
  const unusual = [...codes].filter((code) => !usualOrder.includes(code)).sort();
  return [...usualOrder.filter((code) => codes.has(code)), ...unusual];
}

function asListed({ arn, name, tableName, tableId, createdAt, status, type, sizeBytes }: StoredBackup): Backup {
  return { arn, name, tableName, tableId, createdAt: new Date(createdAt), status, type, sizeBytes };
}
