import pMap from 'p-map';
import type { DrillTableScope } from '../domain/drill/drill-table-name.ts';
import type { Plan } from '../domain/plan.ts';
import { hashOfPlan } from '../domain/plan-hash.ts';
import { backOff } from './backoff.ts';
import { countOutcomes, type BackupReport, type TableOutcome } from './backup-report.ts';
import { captureSettings, waitAtMost } from './capture-settings.ts';
import { confirmBackups, type RequestedBackup } from './confirm-backups.ts';
import { discoverTables } from './discover-tables.ts';
import { handOver } from './hand-over.ts';
import { SlotAttempt, type AttemptResult } from './slot-attempt.ts';
import type { Backups, Log, OpenBackupLedger, SlotLedger, Tables, Timing } from './ports.ts';
import type { Settings, SettingsLedger, TurnOnRecovery } from './settings-port.ts';
import { SlotSightings } from './slot-sightings.ts';

export interface BackupRun extends DrillTableScope {
  readonly plan: Plan;
  readonly slot: Date;
  /** Identifies this delivery; a retry of the same delivery carries the same one. */
  readonly holder: string;
  readonly prefix: string;
  /** When to stop starting things. */
  readonly deadline: Date;
}

export interface BackupPorts {
  readonly tables: Tables;
  readonly backups: Backups;
  readonly ledger: SlotLedger;
  /** Where requests go on that take longer than a run; without it the run itself waits for its backups. */
  readonly openBackups?: OpenBackupLedger | undefined;
  readonly settings: Settings;
  readonly settingsLedger: SettingsLedger;
  readonly turnOnRecovery: TurnOnRecovery;
  readonly timing: Timing;
  readonly log: Log;
}

const concurrentTables = 20;
const maximumPasses = 7;
/** A backup whose request was lost shows in listings only after a while; looking earlier could miss it. */
const settleMilliseconds = 5_000;

/**
 * Takes at most one backup per `(plan, table, slot)` for every table the plan covers, however often, late or concurrently the
 * slot is delivered. > A table that fails does not stop the others. Never throws for a single table's sake.
 */
export async function backUpTables(run: BackupRun, ports: BackupPorts): Promise<BackupReport> {
  const startedAt = ports.timing.now();
  const discovery = await discoverTables(run.plan.tables, ports.tables, run);
  const outcomes = await backUpEach(discovery.tables, run, ports);
  return {
    plan: run.plan.name,
    planHash: hashOfPlan(run.plan),
    slot: run.slot.toISOString(),
    tables: discovery.tables.length,
    ...countOutcomes(outcomes),
    latenessSeconds: Math.max(0, (startedAt.getTime() - run.slot.getTime()) / 1000),
    discoveryErrors: discovery.errors.map((error) => error.message),
    leftOut: discovery.leftOut,
    outcomes,
  };
}

async function backUpEach(tables: readonly string[], run: BackupRun, ports: BackupPorts): Promise<TableOutcome[]> {
  const settled = new Map<string, TableOutcome>();
  let open = tables;
  for (let round = 0; open.length > 0 && round < 2; round++) {
    const requested = await requestBackups(open, run, ports, settled);
    const captured = captureSettings(
      [...requested.values()].map(({ state }) => state),
      run,
      ports,
    );
    open = await waitOrHandOver(requested, run, ports, settled);
    await waitAtMost(captured, run.deadline, ports.timing);
  }
  for (const table of open) {
    settled.set(table, failed(table, 'the backup vanished before it became restorable, twice'));
  }
  return tables.map((table) => settled.get(table) ?? failed(table, 'no outcome was recorded'));
}

/** Settles what was requested, or leaves it to be followed. Returns the tables whose backup vanished meanwhile. */
async function waitOrHandOver(
  requested: ReadonlyMap<string, RequestedBackup>,
  run: BackupRun,
  { openBackups, ...ports }: BackupPorts,
  settled: Map<string, TableOutcome>,
): Promise<readonly string[]> {
  if (!openBackups) return confirmBackups(requested, run, ports, settled);
  await handOver(requested, run, { ...ports, openBackups }, settled);
  return [];
}

/** Asks for a backup of each table, in passes: a table that has to wait never holds up the ones behind it. */
async function requestBackups(
  tables: readonly string[],
  run: BackupRun,
  ports: BackupPorts,
  settled: Map<string, TableOutcome>,
): Promise<Map<string, RequestedBackup>> {
  const requested = new Map<string, RequestedBackup>();
  const sightings = new SlotSightings(run, ports);
  let open = tables.map((table) => new SlotAttempt(table, run, ports, sightings));
  for (let pass = 0; open.length > 0; pass++) {
    if (pass > 0) await pauseBeforePass(pass, open, ports.timing);
    sightings.refresh();
    const isLastPass = pass === maximumPasses - 1;
    const results = await pMap(open, (attempt) => tryOnce(attempt, run, ports), { concurrency: concurrentTables });
    open = open.filter((attempt, i) => {
      const result = results[i];
      if (result?.kind === 'again' && !isLastPass) return true;
      if (result?.kind === 'accepted') requested.set(attempt.table, result);
      else settled.set(attempt.table, outcomeOf(attempt.table, result));
      return false;
    });
  }
  return requested;
}

async function tryOnce(attempt: SlotAttempt, run: BackupRun, ports: BackupPorts): Promise<AttemptResult> {
  if (ports.timing.now() >= run.deadline) return { kind: 'not-reached' };
  try {
    return await attempt.run();
  } catch (error) {
    ports.log.error('table failed unexpectedly', { table: attempt.table, error });
    return { kind: 'failed', failure: { kind: 'unknown', message: String(error) } };
  }
}

async function pauseBeforePass(pass: number, open: readonly SlotAttempt[], timing: Timing): Promise<void> {
  if (open.some((attempt) => attempt.mustLook)) await timing.sleep(settleMilliseconds);
  await backOff(timing, pass);
}

function outcomeOf(table: string, result: Exclude<AttemptResult, { kind: 'accepted' }> | undefined): TableOutcome {
  switch (result?.kind) {
    case 'skipped':
      return { table, kind: 'skipped', reason: result.reason };
    case 'not-reached':
      return { table, kind: 'pending', why: 'not-reached' };
    case 'failed':
    case 'again':
      return { table, kind: 'failed', failure: result.failure };
    case undefined:
      return failed(table, 'no result');
  }
}

function failed(table: string, message: string): TableOutcome {
  return { table, kind: 'failed', failure: { kind: 'unknown', message } };
}
