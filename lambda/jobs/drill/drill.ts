import type { DrillTableName, DrillTableScope } from '../../domain/drill/drill-table-name.ts';
import { formatDrillTableName } from '../../domain/drill/drill-table-name.ts';
import type { DurationBounds } from '../../domain/drill/restore-timing.ts';
import type { DrillPlan, Plan } from '../../domain/plan.ts';
import type { Backups, Log, Timing } from '../ports.ts';
import type { Settings, SettingsLedger } from '../settings-port.ts';
import { chooseSource, type ChosenSource } from './choose-source.ts';
import { cleanUp } from './clean-up.ts';
import type { Durable } from './durable.ts';
import type { DrillFailure, DrillResult, DrillTimes } from './drill-result.ts';
import { disarmTable, rearmTable, type Rearmed } from './rearm-table.ts';
import { releasePlace, takePlace } from './place.ts';
import type { AskValidator, DrillIntent, DrillLedger, Restores } from './ports.ts';
import { requestRestore } from './request-restore.ts';
import { validate, type Validated } from './validate.ts';
import { waitUntilReady } from './wait-until-ready.ts';

/** One drill: which table of which plan, for which slot, and how. */
export interface DrillRun extends DrillTableScope {
  readonly plan: Plan;
  readonly drill: DrillPlan;
  readonly timeoutMilliseconds: number;
  readonly table: string;
  readonly slot: Date;
  /** First part of the names of the plan's backups. */
  readonly prefix: string;
}

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
}

/**
 * Rehearses the restore of one table, for real: restores a backup into a table of its own, waits until it could serve, validates it,
 * times every phase, records the result, and deletes the table again, whatever happened.
 * Everything with an effect is a step of `durable`: after a crash at any point the drill goes on where it was.
 */
export async function drillTable(run: DrillRun, durable: Durable, ports: DrillPorts): Promise<DrillResult> {
  const startedAt = await durable.step('begin', () => Promise.resolve(ports.timing.now().toISOString()));
  const targetName = formatDrillTableName({ ...run, plan: run.plan.name });
  const outcome = await outcomeOf(run, targetName, durable, ports);
  const result = await durable.step('record the result', async () => {
    const pending = resultOf(run, { targetName, startedAt, executionId: durable.executionId }, outcome, ports.timing);
    await ports.ledger.saveDrill(pending);
    return pending;
  });
  await durable.step('publish the result', () => {
    ports.publish(result, run.plan);
    return Promise.resolve(undefined);
  });
  const wasThere = result.times.restore !== undefined;
  const { snapshot } = outcome.rearmed ?? {};
  if (snapshot) await disarmTable(run, targetName, snapshot, durable, ports);
  const cleaned = { ...result, ...(await cleanUp(run, targetName, wasThere, durable, ports)) };
  await durable.step('record the clean-up', () => ports.ledger.saveDrill(cleaned));
  await releasePlace(durable, ports);
  return cleaned;
}

interface Outcome {
  readonly source?: ChosenSource;
  readonly times?: DrillTimes;
  readonly rearmed?: Rearmed;
  readonly validated?: Validated;
  readonly failure?: DrillFailure;
}

/** > Nothing that goes wrong keeps a drill from recording its result and deleting its table. */
async function outcomeOf(
  run: DrillRun,
  targetName: DrillTableName,
  durable: Durable,
  ports: DrillPorts,
): Promise<Outcome> {
  try {
    if (await takePlace(run, durable, ports)) return await restoreAndProve(run, targetName, durable, ports);
    return { failure: timedOut('no other drill finished in time to make place for this one') };
  } catch (error) {
    ports.log.error('a drill broke off', { table: run.table, error });
    return {
      failure: { phase: 'restore', kind: 'unknown', message: error instanceof Error ? error.message : String(error) },
    };
  }
}

async function restoreAndProve(
  run: DrillRun,
  targetName: DrillTableName,
  durable: Durable,
  ports: DrillPorts,
): Promise<Outcome> {
  const chosen = await chooseSource(run, durable, ports);
  if ('failure' in chosen) return { failure: chosen.failure };
  const { source } = chosen;
  const intent = await durable.step('record the intent', () => recordIntent(run, targetName, source, durable, ports));
  const accepted = await requestRestore(run, source.from, intent, durable, ports);
  if (accepted.kind === 'failed') return { source, failure: accepted.failure };
  const restored = await waitUntilReady(run, targetName, accepted, durable, ports);
  const { restore, indexes, ready, tableId } = restored;
  if (tableId !== undefined) {
    await durable.step('note the table', () => ports.ledger.recordDrillIntent({ ...intent, targetTableId: tableId }));
  }
  if (restored.failure) return { source, times: { restore }, failure: restored.failure };
  const begun = await now('begin to re-arm', durable, ports.timing);
  const rearmed = await rearmTable(run, targetName, source, durable, ports);
  const armed = await now('begin to validate', durable, ports.timing);
  const validated = await validate(run, targetName, source.backedUp, durable, ports);
  const ended = await now('end validation', durable, ports.timing);
  const times: DrillTimes = {
    restore,
    indexes,
    rearmSeconds: (armed - begun) / 1000,
    validateSeconds: (ended - armed) / 1000,
    total: laterBy(ended - begun, ready),
  };
  const failure = rearmed.failure ?? validated.failure;
  return { source, times, rearmed, validated, ...(failure && { failure }) };
}

async function recordIntent(
  run: DrillRun,
  targetName: DrillTableName,
  { arn }: ChosenSource,
  durable: Durable,
  { ledger, timing }: DrillPorts,
): Promise<DrillIntent> {
  const known = await ledger.drillIntent(targetName);
  const intent = {
    targetName,
    plan: run.plan.name,
    table: run.table,
    slot: run.slot.toISOString(),
    sourceArn: arn,
    recordedAt: known?.recordedAt ?? timing.now().toISOString(),
    executionId: durable.executionId,
  };
  await ledger.recordDrillIntent(intent);
  return intent;
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
  { source, times, rearmed, validated, failure }: Outcome,
  timing: Timing,
): DrillResult {
  return {
    version: 1,
    plan: run.plan.name,
    table: run.table,
    slot: run.slot.toISOString(),
    ...facts,
    outcome: failure ? (failure.kind === 'timed-out' ? 'timed-out' : 'failed') : 'passed',
    ...(failure && { failure }),
    ...(source && {
      source: {
        arn: source.arn,
        createdAt: source.createdAt,
        sizeBytes: source.backedUp.sizeBytes,
        itemCount: source.backedUp.itemCount,
      },
    }),
    indexes: run.drill.indexes,
    billing: run.drill.billing,
    times: times ?? {},
    settings: rearmed?.settings ?? 'not-wanted',
    itemsVerified: validated?.itemsVerified ?? 0,
    checksPassed: validated?.checksPassed ?? 0,
    finishedAt: timing.now().toISOString(),
    cleanUp: 'pending',
  };
}

function timedOut(message: string): DrillFailure {
  return { phase: 'choose', kind: 'timed-out', message };
}
