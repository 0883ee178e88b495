import { isDrillTableName, type DrillTableName, type DrillTableScope } from '../../domain/drill/drill-table-name.ts';
import type { DeletionScope } from '../../domain/drill/guards.ts';
import { durationSeconds } from '../../domain/keep-guarantee.ts';
import type { Plan } from '../../domain/plan.ts';
import type { Tables, Timing } from '../ports.ts';
import type { Settings } from '../settings-port.ts';
import { deleteDrillTable, judgeDrillTable, type Deletion } from './delete-drill-table.ts';
import type { DrillResult } from './drill-result.ts';
import type { DrillIntent, DrillLedger, ExecutionState, Restores } from './ports.ts';
import { takeOffLeftover, type TakeOffPorts } from './take-off-leftover.ts';

const cleanUpSeconds = 3_600;
/** A restore job that is asked for may make its table days later; no restore takes longer than that. */
const longestJobSeconds = 7 * 24 * 3_600;

export interface SweepRun extends DrillTableScope {
  readonly homeRegion: string;
  /** All plans of the deployment: none of their tables is ever deleted. */
  readonly plans: readonly Plan[];
}

/** What a sweep does in one Region. */
export interface SweepPlace {
  readonly tables: Pick<Tables, 'names'>;
  readonly restores: Restores;
  readonly settings: Settings;
}

export interface SweepPorts extends Omit<TakeOffPorts, 'settings'> {
  readonly ledger: DrillLedger<DrillResult>;
  inRegion(region: string): SweepPlace;
  executionState(executionId: string): Promise<ExecutionState>;
}

export interface Leftover {
  readonly table: string;
  readonly region: string;
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
  /** Regions whose tables could not be listed whole: nothing was deleted there. */
  readonly unswept: readonly { readonly region: string; readonly message: string }[];
}

/**
 * Deletes drill tables whose drill has ended without deleting them, and takes off before what would outlive them, in the deployment's own Region and in every other one that a plan
 * drills in or an open intent names.
 * > Deleted is only what a drill of this deployment announced and what passes every guard; the rest is counted and named, never touched.
 * > A Region that does not answer does not keep the others from being swept.
 * Throws when the ledger does not answer.
 */
export async function sweepDrillTables(run: SweepRun, ports: SweepPorts): Promise<SweepReport> {
  const intents = await ports.ledger.drillIntents();
  const named = [...run.plans.map(({ drill }) => drill?.region), ...intents.map(({ region }) => region)];
  const regions = new Set([run.homeRegion, ...named.filter((region) => region !== undefined)]);
  const reports: SweepReport[] = [];
  const listed = new Map<string, ReadonlySet<string>>();
  for (const region of regions) {
    const listing = await ports.inRegion(region).tables.names();
    if (listing.complete) {
      listed.set(region, new Set(listing.names));
      reports.push(await sweepRegion(region, listing.names, run, ports));
    } else {
      reports.push({ ...nothingSwept, unswept: [{ region, message: messageOf(listing.error) }] });
    }
  }
  await closeSettledIntents(listed, run, ports);
  return {
    deleted: reports.flatMap(({ deleted }) => deleted),
    inUse: reports.flatMap(({ inUse }) => inUse),
    leftovers: reports.flatMap(({ leftovers }) => leftovers),
    unswept: reports.flatMap(({ unswept }) => unswept),
  };
}

const nothingSwept: SweepReport = { deleted: [], inUse: [], leftovers: [], unswept: [] };

function messageOf(error: Error): string {
  const { cause } = error;
  return cause instanceof Error ? `${error.message}: ${cause.message}` : error.message;
}

/** In another Region the deployment's own Region is part of the names of its drill tables. */
async function sweepRegion(
  region: string,
  tables: readonly string[],
  run: SweepRun,
  ports: SweepPorts,
): Promise<SweepReport> {
  const place = ports.inRegion(region);
  const scope = { ...run, homeRegion: region === run.homeRegion ? undefined : run.homeRegion };
  const deleted: string[] = [];
  const inUse: string[] = [];
  const leftovers: Leftover[] = [];
  for (const name of tables.filter((table): table is DrillTableName => isDrillTableName(table, scope))) {
    const intent = await ports.ledger.drillIntent(name);
    const execution = intent ? await ports.executionState(intent.executionId) : 'ended';
    if (execution === 'running') {
      inUse.push(name);
      continue;
    }
    const sweep = { execution, longestDrillSeconds: longestDrillSeconds(run.plans) };
    const deletion = await deleteLeftover(name, intent, { ...scope, sweep }, { ...ports, ...place });
    if (deletion.kind === 'asked' && intent && mayAppear(intent, ports.timing))
      await ports.ledger.recordDrillIntent({ ...intent, isTableSeen: true });
    if (deletion.kind === 'gone' || deletion.kind === 'asked') deleted.push(name);
    else {
      const ageSeconds = await ageOf(name, place.restores, ports.timing);
      leftovers.push({ table: name, region, plan: intent?.plan, ageSeconds, message: deletion.message });
    }
  }
  return { ...nothingSwept, deleted, inUse, leftovers };
}

/** > Nothing is taken off a table that may not be deleted, and nothing is deleted that still has what would outlive it. */
async function deleteLeftover(
  name: DrillTableName,
  intent: DrillIntent | undefined,
  scope: DeletionScope,
  ports: TakeOffPorts & { readonly restores: Restores; readonly ledger: DrillLedger<DrillResult> },
): Promise<Deletion> {
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

/** An intent whose table is gone and whose drill has ended pins its backup and holds its place no more. A Region nobody could list says nothing of its tables. */
async function closeSettledIntents(
  listed: ReadonlyMap<string, ReadonlySet<string>>,
  run: SweepRun,
  ports: SweepPorts,
): Promise<void> {
  for (const intent of await ports.ledger.drillIntents()) {
    const { targetName, region = run.homeRegion } = intent;
    const isGone = listed.get(region)?.has(targetName) === false;
    if (!isGone || mayAppear(intent, ports.timing) || !(await isOver(intent, run, ports))) continue;
    if (!(await takeOffLeftover(intent, { ...ports, ...ports.inRegion(region) }))) continue;
    await ports.ledger.releasePlace(intent.executionId);
    await ports.ledger.closeDrillIntent(targetName, ports.timing.now());
  }
}

/** > A restore job cannot be cancelled: while one may still make its table, the table stays announced, for a week at most. */
function mayAppear({ originArn, targetTableId, isTableSeen, recordedAt }: DrillIntent, timing: Timing): boolean {
  if (originArn === undefined || targetTableId !== undefined || isTableSeen) return false;
  return (timing.now().getTime() - Date.parse(recordedAt)) / 1000 < longestJobSeconds;
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

async function ageOf(name: string, restores: Restores, timing: Timing): Promise<number> {
  const look = await restores.look(name);
  return look.kind === 'found' ? (timing.now().getTime() - look.table.createdAt.getTime()) / 1000 : 0;
}
