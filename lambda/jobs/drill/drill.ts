import type { DrillTableName, DrillTableScope } from '../../domain/drill/drill-table-name.ts';
import { formatDrillTableName } from '../../domain/drill/drill-table-name.ts';
import type { DurationBounds } from '../../domain/drill/restore-timing.ts';
import type { DrillPlan, Plan } from '../../domain/plan.ts';
import type { Backups, Log, Timing } from '../ports.ts';
import type { TableSettings } from '../../domain/settings.ts';
import type { Settings, SettingsLedger } from '../settings-port.ts';
import { askedFor } from './asked-for.ts';
import { unlessBroken } from './broken-off.ts';
import type { ChosenSource } from './choose-source.ts';
import { cleanUp } from './clean-up.ts';
import type { Durable } from './durable.ts';
import type { DrillFailure, DrillResult, DrillTimes } from './drill-result.ts';
import { pinSource, type PinnedSource } from './pin-source.ts';
import { leavePlace, takePlace } from './place.ts';
import type { AskValidator, DrillIntent, DrillLedger, Rearming, Restores } from './ports.ts';
import { disarmTable, rearmTable, settingsToGiveBack, type Rearmed } from './rearm-table.ts';
import { reportValidation } from './report-validation.ts';
import { requestRestore, type WantedRestore } from './request-restore.ts';
import { validate, type Validated } from './validate.ts';
import { waitUntilReady, type Restored } from './wait-until-ready.ts';

/** One drill: which table of which plan, for which slot, and how. */
export interface DrillRun extends DrillTableScope {
  readonly plan: Plan;
  readonly drill: DrillPlan;
  readonly timeoutMilliseconds: number;
  readonly table: string;
  readonly slot: Date;
  /** ARN of the vault whose copies it restores; missing where it restores the plan's own backups. */
  readonly copiesIn?: string | undefined;
  /** First part of the names of the plan's backups. */
  readonly prefix: string;
}

/** What it takes to ask for a restore, and to look what becomes of it. */
export type LookingPorts = Pick<DrillPorts, 'restores' | 'timing'>;

export interface DrillPorts {
  readonly backups: Backups;
  readonly restores: Restores;
  readonly ledger: DrillLedger<DrillResult>;
  readonly timing: Timing;
  readonly log: Log;
  readonly askValidator: AskValidator;
  readonly settings: Settings;
  readonly snapshots: Pick<SettingsLedger, 'settingsOf'>;
  /** Publishes the metrics of a drill; called once, and again only after a crash. */
  publish(result: DrillResult, plan: Plan): void;
  /** Tells others how the drill ended. > A drill has ended when its table is cleaned up, and is told of only then. */
  tell(result: DrillResult, plan: Plan): Promise<void>;
}

/**
 * Rehearses the restore of one table, for real: restores a backup into a table of its own, waits until it could serve, validates it,
 * times every phase, records the result, and deletes the table again, whatever happened.
 * Everything with an effect is a step of `durable`: after a crash at any point the drill goes on where it was.
 * Throws when the result could not be recorded until the end; what is left then is for the sweep.
 */
export async function drillTable(run: DrillRun, durable: Durable, ports: DrillPorts): Promise<DrillResult> {
  const startedAt = await durable.step('begin', () => Promise.resolve(ports.timing.now().toISOString()));
  const targetName = formatDrillTableName({ ...run, plan: run.plan.name });
  const outcome = await outcomeOf(run, targetName, new Date(startedAt), durable, ports);
  const result = await durable.step('record the result', async () => {
    const pending = resultOf(run, { targetName, startedAt, executionId: durable.executionId }, outcome, ports.timing);
    await saveIfPossible(pending, ports);
    return pending;
  });
  await durable.step('publish the result', () => {
    if (result.failure) ports.log.error('a drill did not pass', { ...describe(result), failure: result.failure });
    ports.publish(result, run.plan);
    return Promise.resolve(undefined);
  });
  await reportValidation(run, result, durable, ports);
  const mayAppear = outcome.source?.from.kind === 'recovery-point' && !outcome.isSettled;
  const wasThere = result.times.restore !== undefined && !mayAppear;
  const { snapshot } = outcome;
  const isDisarmed = snapshot === undefined || (await disarmTable(run, targetName, snapshot, durable, ports));
  const cleaned = {
    ...result,
    ...(await cleanUp(run, targetName, { wasThere, mayAppear, isDisarmed }, durable, ports)),
  };
  await durable.step('record the clean-up', () => ports.ledger.saveDrill(cleaned));
  await leavePlace(run, cleaned, durable, ports);
  await durable.step('tell of the drill', () => ports.tell(cleaned, run.plan));
  return cleaned;
}

/** What people look for in the log. */
function describe({ plan, table, slot, source, targetName, outcome }: DrillResult): object {
  return { plan, table, slot, source: source?.arn, drillTable: targetName, outcome };
}

/** > A ledger that does not answer now keeps no table: the same is recorded again, and then for certain, after the clean-up. */
async function saveIfPossible(result: DrillResult, { ledger, log }: DrillPorts): Promise<void> {
  try {
    await ledger.saveDrill(result);
  } catch (error) {
    log.error('a result could not be recorded before the clean-up', { result, error });
  }
}

interface Outcome {
  readonly source?: ChosenSource;
  readonly job?: string;
  /** The table was seen, or it is known that none will come. */
  readonly isSettled?: boolean;
  readonly times?: DrillTimes;
  /** There as soon as anything may have been given back. */
  readonly snapshot?: TableSettings;
  readonly rearmed?: Rearmed;
  readonly validated?: Validated;
  readonly failure?: DrillFailure;
}

/** > Nothing that goes wrong keeps a drill from recording its result and deleting its table. */
async function outcomeOf(
  run: DrillRun,
  targetName: DrillTableName,
  startedAt: Date,
  durable: Durable,
  ports: DrillPorts,
): Promise<Outcome> {
  const { table } = run;
  const { log } = ports;
  const pinned = await unlessBroken({ table, phase: 'choose', log }, async () =>
    (await takePlace(run, startedAt, durable, ports))
      ? await pinSource(run, targetName, durable, ports)
      : { failure: timedOut('no other drill finished in time to make place for this one') },
  );
  if ('failure' in pinned) return pinned;
  const { source } = pinned;
  const outcome: Outcome = await unlessBroken({ table, phase: 'restore', log }, () =>
    restoreAndProve(run, targetName, pinned, durable, ports),
  );
  return { source, ...outcome };
}

async function restoreAndProve(
  run: DrillRun,
  targetName: DrillTableName,
  { source, intent }: PinnedSource,
  durable: Durable,
  ports: DrillPorts,
): Promise<Outcome> {
  const accepted = await requestRestore(wantedOf(run, source, intent), durable, ports);
  if (accepted.kind === 'failed')
    return { isSettled: accepted.failure.kind !== 'timed-out', failure: accepted.failure };
  const restored = await waitUntilReady(run, { targetName, source, accepted }, durable, ports);
  const { restore, tableId } = restored;
  const job = accepted.job === undefined ? {} : { job: accepted.job };
  const seen = { ...intent, ...(tableId !== undefined && { targetTableId: tableId }) };
  if (restored.failure) {
    if (tableId !== undefined) await note(seen, durable, ports);
    const isSettled = restored.isWithoutTable || tableId !== undefined;
    const times = restored.isWithoutTable ? {} : { times: { restore } };
    return { ...job, isSettled, ...times, failure: restored.failure };
  }
  const snapshot = await settingsToGiveBack(run, source, durable, ports);
  if (typeof snapshot === 'string') await note(seen, durable, ports);
  else await note({ ...seen, rearming: rearmingOf(run, source) }, durable, ports);
  const proven: Outcome = await unlessBroken({ table: run.table, phase: 'validate', log: ports.log }, () =>
    proveRestored(run, targetName, { source, restored, snapshot }, durable, ports),
  );
  return { ...job, isSettled: true, times: { restore }, ...(typeof snapshot !== 'string' && { snapshot }), ...proven };
}

/** > A drill that finds no room for another restore stands back for ten minutes before it asks again: whoever restores for real goes first. */
const standBackMilliseconds = 600_000;

function wantedOf(run: DrillRun, source: ChosenSource, announced: DrillIntent): WantedRestore {
  const giveUpAt = Date.parse(announced.recordedAt) + run.timeoutMilliseconds;
  return { from: source.from, announced, asked: askedFor(run.drill, source), giveUpAt, standBackMilliseconds };
}

/** What was restored, and what it is to be given back. */
interface Unproven {
  readonly source: ChosenSource;
  readonly restored: Restored;
  readonly snapshot: TableSettings | 'not-wanted' | 'not-recorded';
}

async function proveRestored(
  run: DrillRun,
  targetName: DrillTableName,
  { source, restored: { restore, indexes, ready }, snapshot }: Unproven,
  durable: Durable,
  ports: DrillPorts,
): Promise<Outcome> {
  const begun = await now('begin to re-arm', durable, ports.timing);
  const rearmed = await rearmTable(run, targetName, snapshot, durable, ports);
  const armed = await now('begin to validate', durable, ports.timing);
  const validated = await validate(run, targetName, source, durable, ports);
  const ended = await now('end validation', durable, ports.timing);
  const times: DrillTimes = {
    restore,
    indexes,
    rearmSeconds: (armed - begun) / 1000,
    validateSeconds: (ended - armed) / 1000,
    total: laterBy(ended - begun, ready),
  };
  const failure = rearmed.failure ?? validated.failure;
  return { times, rearmed, validated, ...(failure && { failure }) };
}

function note(intent: DrillIntent, durable: Durable, { ledger }: DrillPorts): Promise<void> {
  return durable.step('note the table', () => ledger.recordDrillIntent(intent));
}

function rearmingOf({ drill: { rearm } }: DrillRun, { createdAt, backedUp: { tableId } }: ChosenSource): Rearming {
  return { settings: rearm, tableId, createdAt };
}

function now(name: string, durable: Durable, timing: Timing): Promise<number> {
  return durable.step(name, () => Promise.resolve(timing.now().getTime()));
}

function laterBy(milliseconds: number, { atLeastSeconds, atMostSeconds }: DurationBounds): DurationBounds {
  const rest = milliseconds / 1000;
  return {
    atLeastSeconds: atLeastSeconds + rest,
    ...(atMostSeconds !== undefined && { atMostSeconds: atMostSeconds + rest }),
  };
}

function resultOf(
  run: DrillRun,
  facts: Pick<DrillResult, 'targetName' | 'startedAt' | 'executionId'>,
  { source, job, times, rearmed, validated, failure }: Outcome,
  timing: Timing,
): DrillResult {
  const { indexes, billing } = source ? askedFor(run.drill, source) : run.drill;
  return {
    version: 1,
    plan: run.plan.name,
    table: run.table,
    slot: run.slot.toISOString(),
    ...facts,
    ...regionOf(run),
    ...(run.copiesIn !== undefined && { copiesIn: run.copiesIn }),
    outcome: failure ? (failure.kind === 'timed-out' ? 'timed-out' : 'failed') : 'passed',
    ...(failure && { failure }),
    ...(job !== undefined && { restoreJob: job }),
    ...(source && {
      source: {
        arn: source.arn,
        createdAt: source.createdAt,
        sizeBytes: source.backedUp.sizeBytes,
        ...(source.backedUp.itemCount !== undefined && { itemCount: source.backedUp.itemCount }),
        ...(source.backedUp.storage && { storage: source.backedUp.storage }),
      },
    }),
    indexes,
    billing,
    times: times ?? {},
    settings: rearmed?.settings ?? 'not-wanted',
    itemsVerified: validated?.itemsVerified ?? 0,
    ...(validated?.itemsCounted !== undefined && { itemsCounted: validated.itemsCounted }),
    checksPassed: validated?.checksPassed ?? 0,
    finishedAt: timing.now().toISOString(),
    cleanUp: 'pending',
  };
}

/** The Region of the drill table, where it is another one than the deployment's own. */
function regionOf({ drill: { region } }: DrillRun): Pick<DrillIntent, 'region'> {
  return region === undefined ? {} : { region };
}

function timedOut(message: string): DrillFailure {
  return { phase: 'choose', kind: 'timed-out', message };
}
