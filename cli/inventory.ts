import { Temporal } from 'temporal-polyfill';
import type { Backup } from '../lambda/domain/backup.ts';
import { describeValue } from '../lambda/domain/faults.ts';

type ParsedInventory = { readonly value: readonly Backup[] } | { readonly faults: readonly string[] };

/**
 * Reads an inventory: a JSON array of backups as in `Backup`, creation times as ISO 8601 instants. `createdAt` and `sizeBytes` may be
 * null or missing, as in a listing; other keys are ignored. Every fault is named by its path, such as `inventory[3].createdAt`.
 */
export function parseInventoryJson(text: string): ParsedInventory {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    return { faults: [`inventory must be JSON: ${String(error)}`] };
  }
  if (!Array.isArray(json)) return { faults: [`inventory must be an array of backups, got ${describeValue(json)}`] };
  const faults: string[] = [];
  const backups = json.map((item: unknown, nth) => readBackup(item, `inventory[${nth}]`, faults));
  return faults.length > 0 ? { faults } : { value: backups.filter((backup) => backup !== undefined) };
}

/** Reads one backup, or adds what is wrong with it to the faults. */
function readBackup(item: unknown, path: string, faults: string[]): Backup | undefined {
  if (typeof item !== 'object' || item === null || Array.isArray(item)) {
    faults.push(`${path} must be an object, got ${describeValue(item)}`);
    return undefined;
  }
  const fields = new Map<string, unknown>(Object.entries(item));
  function text(key: string): string {
    const value = fields.get(key);
    if (typeof value === 'string' && value !== '') return value;
    faults.push(`${path}.${key} must be a text that is not empty, got ${describeValue(value)}`);
    return '';
  }
  return {
    arn: text('arn'),
    name: text('name'),
    tableName: text('tableName'),
    tableId: text('tableId'),
    createdAt: readInstant(fields.get('createdAt'), `${path}.createdAt`, faults),
    status: text('status'),
    type: text('type'),
    sizeBytes: readSize(fields.get('sizeBytes'), `${path}.sizeBytes`, faults),
  };
}

function readInstant(value: unknown, path: string, faults: string[]): Date | undefined {
  if (value === undefined || value === null) return undefined;
  try {
    if (typeof value === 'string') return new Date(Temporal.Instant.from(value).epochMilliseconds);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  faults.push(`${path} must be an instant such as 2026-11-20T03:00:00Z or null, got ${describeValue(value)}`);
  return undefined;
}

function readSize(value: unknown, path: string, faults: string[]): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number' && value >= 0) return value;
  faults.push(`${path} must be a number of bytes or null, got ${describeValue(value)}`);
  return undefined;
}
