import { isDrillTableName, type DrillTableName, type DrillTableScope } from '../../domain/drill/drill-table-name.ts';
import { durationSeconds } from '../../domain/keep-guarantee.ts';
import type { Plan } from '../../domain/plan.ts';
import type { Tables } from '../ports.ts';
import { deleteDrillTable, judgeDrillTable, type Deletion } from './delete-drill-table.ts';
import type { DrillResult } from './drill-result.ts';
import type { DrillIntent, DrillLedger, ExecutionState, Restores } from './ports.ts';
import { takeOffLeftover, type TakeOffPorts } from './take-off-leftover.ts';

const cleanUpSeconds = 3_600;

export interface SweepRun extends DrillTableScope {
  /** All plans that drill: none of their tables is ever deleted. */
  readonly plans: readonly Plan[];
}

export interface SweepPorts extends TakeOffPorts {
  readonly tables: Tables;
  readonly restores: Restores;
  readonly ledger: DrillLedger<DrillResult>;
  executionState(executionId: string): Promise<ExecutionState>;
}

export interface Leftover {
  readonly table: string;
  /** The plan whose drill announced it; undefined when none did. */
  readonly plan: string | undefined;
  readonly ageSeconds: number;
  readonly message: string;
}

export interface SweepReport {
  readonly deleted: readonly string[];
  /** Tables of drills under way: not left over. */
  readonly inUse: readonly string[];
  readonly leftovers: readonly Leftover[];
}

/**
 * Deletes drill tables whose drill has ended without deleting them, and takes off before what would outlive them.
 * > Deleted is only what a drill of this deployment announced and what passes every guard; the rest is counted and named, never touched.
 * Throws when the tables could not be listed whole or the ledger does not answer.
 */
export async function sweepDrillTables(run: SweepRun, ports: SweepPorts): Promise<SweepReport> {
  const listing = await ports.tables.names();
  if (!listing.complete) throw new Error('the tables could not be listed whole', { cause: listing.error });
  const deleted: string[] = [];
  const inUse: string[] = [];
  const leftovers: Leftover[] = [];
  const names = listing.names.filter((name): name is DrillTableName => isDrillTableName(name, run));
  for (const name of names) {
    const intent = await ports.ledger.drillIntent(name);
    const execution = intent ? await ports.executionState(intent.executionId) : 'ended';
    if (execution === 'running') {
      inUse.push(name);
      continue;
    }
    const deletion = await deleteLeftover(name, intent, execution, run, ports);
    if (deletion.kind === 'gone' || deletion.kind === 'asked') deleted.push(name);
    else
      leftovers.push({
        table: name,
        plan: intent?.plan,
        ageSeconds: await ageOf(name, ports),
        message: deletion.message,
      });
  }
  await closeSettledIntents(new Set(listing.names), run, ports);
  return { deleted, inUse, leftovers };
}

/** > Nothing is taken off a table that may not be deleted, and nothing is deleted that still has what would outlive it. */
async function deleteLeftover(
  name: DrillTableName,
  intent: DrillIntent | undefined,
  execution: ExecutionState,
  run: SweepRun,
  ports: SweepPorts,
): Promise<Deletion> {
  const scope = { ...run, sweep: { execution, longestDrillSeconds: longestDrillSeconds(run.plans) } };
  const options = { mayUnprotect: intent?.rearming?.settings.includes('deletion-protection') ?? false };
  if (intent?.rearming) {
    const judged = await judgeDrillTable(name, scope, options, ports);
    if (judged.kind !== 'deletable') return judged;
    if (!(await takeOffLeftover(intent, ports)))
      return { kind: 'later', message: 'not everything that was given back could be taken off again' };
  }
  return await deleteDrillTable(name, scope, options, ports);
}

/** What a drill may take by its plan, and the hour it may clean up. */
function longestDrillSeconds(plans: readonly Plan[]): number {
  const seconds = plans.map(({ drill }) => (drill ? durationSeconds(drill.timeout) : 0));
  return Math.max(0, ...seconds) + cleanUpSeconds;
}

/** An intent whose table is gone and whose drill has ended pins its backup no more. */
async function closeSettledIntents(names: ReadonlySet<string>, run: SweepRun, ports: SweepPorts): Promise<void> {
  for (const intent of await ports.ledger.drillIntents()) {
    if (names.has(intent.targetName) || !(await isOver(intent, run, ports))) continue;
    if (await takeOffLeftover(intent, ports))
      await ports.ledger.closeDrillIntent(intent.targetName, ports.timing.now());
  }
}

/** > An execution that Lambda knows nothing of is over when the longest drill would be. */
async function isOver(
  { executionId, recordedAt }: DrillIntent,
  { plans }: SweepRun,
  ports: SweepPorts,
): Promise<boolean> {
  const execution = await ports.executionState(executionId);
  const seconds = (ports.timing.now().getTime() - Date.parse(recordedAt)) / 1000;
  return execution === 'ended' || (execution === 'forgotten' && seconds > longestDrillSeconds(plans));
}

async function ageOf(name: string, { restores, timing }: SweepPorts): Promise<number> {
  const look = await restores.look(name);
  return look.kind === 'found' ? (timing.now().getTime() - look.table.createdAt.getTime()) / 1000 : 0;
}
