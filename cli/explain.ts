import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { Temporal } from 'temporal-polyfill';
import type { Backup } from '../lambda/domain/backup.ts';
import { describeValue } from '../lambda/domain/faults.ts';
import { completeListing } from '../lambda/domain/listing.ts';
import { isOwnBackup, parseBackupName } from '../lambda/domain/naming.ts';
import { parsePlanJson } from '../lambda/domain/parse-plan.ts';
import type { Plan } from '../lambda/domain/plan.ts';
import type { Circumstances } from '../lambda/domain/retention-group.ts';
import { clockFault } from '../lambda/domain/retention-guards.ts';
import { judge, type Judgement } from '../lambda/domain/retention.ts';
import { coversName } from '../lambda/domain/selection.ts';
import { judgementAsText } from './judgement-text.ts';
import { parseInventoryJson } from './inventory.ts';

interface Options {
  readonly plan?: string;
  readonly inventory?: string;
  readonly now?: string;
  readonly owner?: string;
  readonly prefix?: string;
  readonly treatAsOwned?: true;
  readonly json?: true;
}

/** What was read, or every fault found in it, one line each. */
type Read<T> = { readonly value: T } | { readonly faults: readonly string[] };

const notes = `
Nothing is contacted and nothing is deleted.
A table is taken to be live, in every incarnation the inventory shows, when the plan covers its name, or when the plan
chooses tables by tag; backups of all other tables are frozen.
A backup is the plan's own when its name fits our grammar and its seal fits the plan, the table id and the slot;
--prefix and --owner ask for one deployment, --treat-as-owned asks for no name at all.

Exit status: 0 judged, also when a guard blocks the run (it shows as "blocked"); 2 bad input: every fault is named on
stderr and nothing is on stdout; 1 anything else.`;

/** `ddb-backups explain`: what a plan would keep and delete of an inventory, and why, without an AWS account. */
export function explainCommand(): Command {
  return new Command('explain')
    .description('Say what a plan keeps and deletes of an inventory of backups, and why.')
    .option('--plan <file>', 'the plan, as the JSON a schedule carries')
    .option('--inventory <file>', 'a JSON array of {arn, name, tableName, tableId, createdAt, status, type, sizeBytes}')
    .option('--now <instant>', 'the clock to judge by, such as 2026-11-20T03:00:00Z')
    .option('--owner <id>', 'only backups of this deployment are own')
    .option('--prefix <text>', 'only backups whose names begin with this prefix are own')
    .option('--treat-as-owned', 'judge every USER backup as if it were own')
    .option('--json', 'print JSON for programs')
    .addHelpText('after', notes)
    .action(explain);
}

async function explain(options: Options): Promise<void> {
  const plan = await readInput('plan', options.plan, readPlan);
  const inventory = await readInput('inventory', options.inventory, parseInventoryJson);
  const now = readNow(options.now);
  const faults = [plan, inventory, now].flatMap((read) => ('faults' in read ? read.faults : []));
  if ('faults' in plan || 'faults' in inventory || 'faults' in now) {
    console.error(faults.join('\n'));
    process.exitCode = 2;
    return;
  }
  const judgement = judge({
    listing: completeListing(inventory.value),
    plan: plan.value,
    isOwn: ownership(plan.value, options),
    ...tablesOf(inventory.value, plan.value),
    holds: new Set(),
    now: now.value,
  });
  process.stdout.write(options.json ? asJson(judgement) : judgementAsText(judgement, now.value));
}

async function readInput<T>(
  name: 'plan' | 'inventory',
  file: string | undefined,
  parse: (text: string) => Read<T>,
): Promise<Read<T>> {
  if (file === undefined) return { faults: [`--${name} must name a file, got nothing`] };
  try {
    return parse(await readFile(file, 'utf8'));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    return { faults: [`--${name} must name a readable file, got ${describeValue(file)}: ${error.message}`] };
  }
}

function readPlan(text: string): Read<Plan> {
  const parsed = parsePlanJson(text);
  return parsed.ok ? { value: parsed.plan } : { faults: parsed.faults.map(({ message }) => message) };
}

function readNow(text: string | undefined): Read<Date> {
  try {
    const now = new Date(Temporal.Instant.from(text ?? '').epochMilliseconds);
    const fault = clockFault(now);
    return fault === undefined ? { value: now } : { faults: [`--${fault}`] };
  } catch {
    return { faults: [`--now must be an instant such as 2026-11-20T03:00:00Z, got ${describeValue(text)}`] };
  }
}

function ownership({ name: plan }: Plan, { treatAsOwned, ...wanted }: Options): (backup: Backup) => boolean {
  if (treatAsOwned) return () => true;
  return (backup) => {
    const named = parseBackupName(backup.name);
    const { prefix = named?.prefix, owner = named?.owner } = wanted;
    return prefix !== undefined && owner !== undefined && isOwnBackup(backup, { prefix, owner, plan });
  };
}

/** Parts the tables of an inventory into those taken to be live, with every incarnation seen, and those the plan does not cover. */
function tablesOf(
  inventory: readonly Backup[],
  { tables }: Plan,
): Pick<Circumstances, 'liveTables' | 'uncoveredTables'> {
  const liveTables = new Map<string, Set<string>>();
  const uncoveredTables = new Set<string>();
  for (const { tableName, tableId } of inventory) {
    const incarnations = liveTables.get(tableName);
    if (incarnations) incarnations.add(tableId);
    else if (coversName(tables, tableName) === 'not-covered') uncoveredTables.add(tableName);
    else liveTables.set(tableName, new Set([tableId]));
  }
  return { liveTables, uncoveredTables };
}

/** One verdict per line, so that a large answer is still readable, and small enough for one text. */
function asJson({ verdicts, blocked }: Judgement): string {
  const lines = verdicts.map(({ backup: { arn }, verdict, reasons }) => JSON.stringify({ arn, verdict, reasons }));
  return `{"verdicts": [\n${lines.join(',\n')}\n],\n"blocked": ${JSON.stringify(blocked)}}\n`;
}
