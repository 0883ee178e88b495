/**
 * Measures how long retention takes to judge an account, and in how much memory: `npm run bench:retention`.
 * Every run is a process of its own. Its clock covers ownership and judgement; its memory covers everything, the inventory included.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import type { Backup } from '../lambda/domain/backup.ts';
import { completeListing } from '../lambda/domain/listing.ts';
import { formatBackupName, isOwnBackup } from '../lambda/domain/naming.ts';
import { planSchema } from '../lambda/domain/plan.ts';
import { judge } from '../lambda/domain/retention.ts';

const hour = 3_600_000;
const backupsPerTable = 100;
/** A run that needs more than this dies. */
const heapLimitMegabytes = 512;
const newestSlot = Date.UTC(2026, 10, 20, 3);
const scope = { prefix: 'ddb', owner: 'bench0001', plan: 'everything' };
const plan = planSchema.parse({
  name: scope.plan,
  tables: { matching: ['*'] },
  backup: { schedule: 'rate(1 hour)', timeZone: 'Europe/Berlin' },
  keep: { last: 3, hourly: 24, daily: 7, weekly: 5, monthly: 12, yearly: 7, within: 'P1D' },
  objectives: { recoveryPoint: 'PT26H' },
});

interface Run {
  readonly milliseconds: number;
  /** Processor time of all threads; unlike the clock, it does not mind a busy machine. */
  readonly cpuMilliseconds: number;
  /** Live heap once the inventory is in memory. */
  readonly inventoryMegabytes: number;
  /** Live heap once everything is judged: the inventory and the judgement. */
  readonly judgedMegabytes: number;
  /** The most memory the process ever had. */
  readonly peakMegabytes: number;
  readonly expired: number;
}

/** Ages of one table's backups in hours, newest first: hourly for two days, then ever further apart, over nine years. */
function ageOf(nth: number): number {
  return nth < 48 ? nth : Math.round(48 * 1.1 ** (nth - 47));
}

function inventoryOf(size: number): Backup[] {
  const inventory: Backup[] = [];
  for (let table = 0; inventory.length < size; table += 1) inventory.push(...backupsOfTable(table));
  return inventory;
}

/** Goes through JSON as an API answer does, so that its strings are as large as real ones. */
function backupsOfTable(table: number): Backup[] {
  const tableName = `table-${String(table).padStart(5, '0')}`;
  const tableId = `00000000-0000-4000-8000-${String(table).padStart(12, '0')}`;
  const summaries = Array.from({ length: backupsPerTable }, (_, nth) => {
    const slot = new Date(newestSlot - ageOf(nth) * hour);
    const createdAt = slot.getTime() + ((table * 7919) % 60_000);
    const id = `${createdAt}-${String(table * backupsPerTable + nth).padStart(8, '0')}`;
    return {
      arn: `arn:aws:dynamodb:eu-central-1:123456789012:table/${tableName}/backup/0${id}`,
      name: formatBackupName({ ...scope, tableId, slot }),
      createdAt,
    };
  });
  const parsed = JSON.parse(JSON.stringify(summaries)) as typeof summaries;
  return parsed.map(({ arn, name, createdAt }) => ({
    arn,
    name,
    tableName,
    tableId,
    createdAt: new Date(createdAt),
    status: 'AVAILABLE',
    type: 'USER',
    sizeBytes: 1024,
  }));
}

function measure(size: number): Run {
  const inventory = inventoryOf(size);
  const liveTables = liveTablesOf(inventory);
  const inventoryMegabytes = liveHeap();
  const begun = performance.now();
  const cpuBefore = process.cpuUsage();
  const judgement = judge({
    listing: completeListing(inventory),
    plan,
    isOwn: (backup) => isOwnBackup(backup, scope),
    liveTables,
    holds: new Set(),
    deletionOverride: size,
    now: new Date(newestSlot + hour),
  });
  const milliseconds = performance.now() - begun;
  const { user, system } = process.cpuUsage(cpuBefore);
  const peakMegabytes = process.resourceUsage().maxRSS / 1024;
  const judgedMegabytes = liveHeap();
  const expired = judgement.deletions.length;
  if (expired === 0 || judgement.verdicts.length !== inventory.length) throw new Error('the benchmark judges nothing');
  return {
    milliseconds,
    cpuMilliseconds: (user + system) / 1000,
    inventoryMegabytes,
    judgedMegabytes,
    peakMegabytes,
    expired,
  };
}

function liveTablesOf(inventory: readonly Backup[]): Map<string, string> {
  const live = new Map<string, string>();
  for (const { tableName, tableId } of inventory) live.set(tableName, tableId);
  return live;
}

function liveHeap(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

function runsOf(size: number, count: number): Run[] {
  const file = fileURLToPath(import.meta.url);
  return Array.from({ length: count }, () => {
    const flags = ['--expose-gc', '--no-warnings', `--max-old-space-size=${heapLimitMegabytes}`];
    return JSON.parse(
      execFileSync(process.execPath, [...flags, file, '--size', String(size)], { encoding: 'utf8' }),
    ) as Run;
  });
}

function median(runs: readonly Run[], of: keyof Run): number {
  const sorted = runs.map((run) => run[of]).sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

function compare(sizes: readonly number[], count: number): void {
  const table = new Table({
    head: [
      'backups',
      'tables',
      'deleted',
      'ms',
      'CPU ms',
      'µs per backup',
      'heap before, MB',
      'heap after, MB',
      'peak RSS, MB',
    ],
    colAligns: Array.from({ length: 9 }, () => 'right' as const),
    style: { head: [], border: [] },
  });
  const times = sizes.map((size) => {
    const runs = runsOf(size, count);
    const milliseconds = median(runs, 'milliseconds');
    const memory = (['inventoryMegabytes', 'judgedMegabytes', 'peakMegabytes'] as const).map((of) =>
      median(runs, of).toFixed(0),
    );
    const perBackup = ((1000 * milliseconds) / size).toFixed(2);
    table.push([
      size,
      size / backupsPerTable,
      median(runs, 'expired'),
      milliseconds.toFixed(0),
      median(runs, 'cpuMilliseconds').toFixed(0),
      perBackup,
      ...memory,
    ]);
    return milliseconds;
  });
  const growth = times.slice(1).map((time, nth) => `x ${(time / (times[nth] ?? NaN)).toFixed(1)}`);
  console.log(table.toString());
  console.log(
    `medians of ${count} runs; each in at most ${heapLimitMegabytes} MB of heap; time from size to size: ${growth.join(', ')}`,
  );
}

const { values } = parseArgs({ options: { size: { type: 'string' }, runs: { type: 'string', default: '3' } } });
if (values.size === undefined) compare([10_000, 100_000, 1_000_000], Number(values.runs));
else console.log(JSON.stringify(measure(Number(values.size))));
