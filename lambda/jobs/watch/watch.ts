import type { DrillTableScope } from '../../domain/drill/drill-table-name.ts';
import type { CopyDestination, CopyPlace } from '../../domain/copy-destination.ts';
import type { CompleteListing } from '../../domain/listing.ts';
import type { Engine, Plan } from '../../domain/plan.ts';
import type { Prices } from '../../domain/watch/monthly-cost.ts';
import { watchInstant } from '../../domain/watch/watch-clock.ts';
import type { NewestCopy } from '../copies-port.ts';
import type { Backups, BackupsOf } from '../ports.ts';
import { looksWrong } from './doubt.ts';
import { deploymentGauges, gaugesOf, type PlanGauges, type Values } from './plan-gauges.ts';
import type { RememberedDrills } from './read-ledger.ts';
import { readState, type AccountState, type StatePorts } from './read-state.ts';
import { attempt, type ReadFailure, type Reading } from './reading.ts';

export interface WatchRun extends DrillTableScope {
  readonly plans: readonly Plan[];
  /** First part of the names of backups. */
  readonly prefix: string;
  readonly prices: Prices;
  readonly alarmTopicArn: string | undefined;
}

export interface WatchPorts extends StatePorts {
  readonly backupsOf: BackupsOf;
  readonly copies: WatchedCopies;
}

/** What there is to know of copies. */
export interface WatchedCopies {
  readonly placesOf: (plan: Plan) => readonly CopyPlace[];
  /** The copies in a vault of the own account. */
  readonly in: (destination: CopyDestination) => Backups;
  /** What the ledger knows, of vaults in other accounts as well. Throws when it does not answer. */
  readonly newest: (plan: string) => Promise<readonly NewestCopy[]>;
}

/** The gauges of retention, and what was known when they were found. */
export interface RememberedRetention {
  readonly state: AccountState;
  readonly values: Values;
}

/** What a process that lives on keeps from one run to the next. */
export interface WatchMemory {
  state?: AccountState;
  /** What retention says of each plan, as of that state. */
  readonly retention: Map<string, RememberedRetention>;
  readonly drills: Map<string, RememberedDrills>;
}

export interface WatchReport {
  /** The instant the gauges are of. */
  readonly at: Date;
  readonly plans: readonly PlanGauges[];
  /** Gauges of the deployment. */
  readonly deployment: Values;
  /** What could not be read; what depends on it is missing among the gauges. */
  readonly failures: readonly ReadFailure[];
}

/** What is read in every run. */
export interface FreshFacts {
  /** The backups of each engine that a plan names. */
  readonly listings: ReadonlyMap<Engine, Reading<CompleteListing>>;
  /** The copies in each vault of the own account, by its ARN. */
  readonly copies: ReadonlyMap<string, Reading<CompleteListing>>;
  readonly runs: Reading<ReadonlyMap<string, Date>>;
  readonly now: Date;
}

/** A process that lives on reads what changes rarely in every fourth run. */
const memoryMilliseconds = 55 * 60_000;

/**
 * Reads what there really is and says how well each plan is kept. Never throws: what could not be read is in the report, and what depends
 * on it is missing among the gauges instead of looking healthy.
 * > Backups and runs are read in every run; tables, keys, schedules, drills and subscriptions once an hour, and at once when anything they
 * > say looks wrong.
 */
export async function watchPlans(run: WatchRun, givenPorts: WatchPorts, memory: WatchMemory): Promise<WatchReport> {
  const failures: ReadFailure[] = [];
  const engines = [...new Set(run.plans.map(({ backup }) => backup.engine))];
  const ports = byClockOfAws(givenPorts, engines);
  const listings = await listEach(engines, ports.backupsOf, failures);
  const runs = await attempt('runs', failures, () => ports.ledger.lastRuns());
  const copies = await listCopies(run.plans, ports.copies, failures);
  const facts = { listings, copies, runs, now: ports.timing.now() };
  const remembered = memory.state && isFresh(memory.state, ports) ? memory.state : undefined;
  const report = await reportOn(remembered ?? (await readAnew(run, ports, memory)), facts, { run, ports, memory });
  const isDoubtful = remembered && looksWrong(report, remembered, facts, run);
  const final = isDoubtful ? await reportOn(await readAnew(run, ports, memory), facts, { run, ports, memory }) : report;
  return { ...final, failures: [...failures, ...final.failures] };
}

function byClockOfAws(ports: WatchPorts, engines: readonly Engine[]): WatchPorts {
  const answeredAt = () => engines.map((engine) => ports.backupsOf(engine).lastAnsweredAt()).find((at) => at);
  const now = () => watchInstant(ports.timing.now(), answeredAt());
  return { ...ports, timing: { ...ports.timing, now } };
}

function isFresh({ readAt, failures }: AccountState, { timing }: WatchPorts): boolean {
  return failures.length === 0 && Math.abs(timing.now().getTime() - readAt.getTime()) < memoryMilliseconds;
}

async function readAnew(run: WatchRun, ports: WatchPorts, memory: WatchMemory): Promise<AccountState> {
  memory.state = await readState(run, ports);
  return memory.state;
}

interface Work {
  readonly run: WatchRun;
  readonly ports: WatchPorts;
  readonly memory: WatchMemory;
}

async function reportOn(state: AccountState, facts: FreshFacts, { run, ports, memory }: Work): Promise<WatchReport> {
  const failures = [...state.failures];
  const plans: PlanGauges[] = [];
  for (const plan of run.plans) {
    const seen = { plan, run, state, facts, copies: ports.copies, ledger: ports.ledger, memory };
    const gauges = await attempt(`gauges of ${plan.name}`, failures, () => gaugesOf(seen, failures));
    if (gauges.ok) plans.push(gauges.value);
  }
  return { at: facts.now, plans, deployment: deploymentGauges(state), failures };
}

async function listEach(
  engines: readonly Engine[],
  backupsOf: BackupsOf,
  failures: ReadFailure[],
): Promise<FreshFacts['listings']> {
  const listings = new Map<Engine, Reading<CompleteListing>>();
  for (const engine of engines) {
    const what = engine === 'dynamodb' ? 'backups' : 'recovery points';
    listings.set(engine, await attempt(what, failures, async () => await listWhole(backupsOf(engine))));
  }
  return listings;
}

async function listCopies(
  plans: readonly Plan[],
  copies: WatchedCopies,
  failures: ReadFailure[],
): Promise<FreshFacts['copies']> {
  const listings = new Map<string, Reading<CompleteListing>>();
  for (const { destination } of plans.flatMap((plan) => copies.placesOf(plan))) {
    const { vaultArn, isOwnAccount } = destination;
    if (!isOwnAccount || listings.has(vaultArn)) continue;
    const list = () => listWhole(copies.in(destination));
    listings.set(vaultArn, await attempt(`copies in ${vaultArn}`, failures, list));
  }
  return listings;
}

/** Throws when the listing is not whole: what is not seen must not look healthy. */
async function listWhole(backups: Backups): Promise<CompleteListing> {
  const listing = await backups.list({});
  if (listing.complete) return listing;
  throw new Error('the backups could not be listed whole', { cause: listing.error });
}
