import pMap from 'p-map';
import type { CopyPlace } from '../domain/copy-destination.ts';
import { nextTryAt } from '../domain/copy-retries.ts';
import { hashOfPlan } from '../domain/plan-hash.ts';
import type { Plan } from '../domain/plan.ts';
import { carrySettings, type CarryPorts } from './carry-settings.ts';
import type { CopyJobs, CopyLedger, OpenCopy } from './copies-port.ts';
import type { CopyFailure, CopyReport, MadeCopy } from './copy-report.ts';
import type { Failure, Log, Progress, Timing } from './ports.ts';

export interface CopyRun {
  readonly plan: Plan;
  readonly places: readonly CopyPlace[];
  /** When to stop starting things. */
  readonly deadline: Date;
}

export interface CopyPorts {
  readonly jobs: CopyJobs;
  readonly ledger: CopyLedger;
  readonly settings: CarryPorts;
  readonly timing: Timing;
  readonly log: Log;
}

/** What became of copies, and of none that is still being worked on. */
export interface FollowedCopies {
  readonly report: CopyReport;
  /** To be closed once the report was told. */
  readonly settled: readonly OpenCopy[];
  /** Copies that are there, and beside which their settings could not be kept. > They stay open, and with them their sources. */
  readonly withoutSettings: readonly CopyFailure[];
}

const concurrency = 8;

/** > A backup that became restorable is wanted in every place that the plan names. Throws when the ledger does not answer. */
export async function wantCopies(
  { plan, table, slot, sourceArn }: Pick<OpenCopy, 'plan' | 'table' | 'slot' | 'sourceArn'>,
  places: readonly CopyPlace[],
  ledger: Pick<CopyLedger, 'wantCopy'>,
): Promise<void> {
  for (const { destination } of places) {
    const copy = { plan, table, slot, sourceArn, destinationArn: destination.vaultArn };
    await ledger.wantCopy({ ...copy, attempt: 1, notBefore: slot });
  }
}

/**
 * Starts the copies that are wanted, and looks what became of those that were started.
 * > A copy counts when its job is COMPLETED. Until it is, or was given up, its source stays.
 * Throws when the ledger does not answer. What was settled and not told is settled again by the next run.
 */
export async function followCopies(run: CopyRun, ports: CopyPorts): Promise<FollowedCopies> {
  const open = await ports.ledger.openCopies(run.plan.name);
  const outcomes = await pMap(open, (copy) => followOne(copy, run, ports), { concurrency });
  const made = outcomes.flatMap((outcome) => (outcome.kind === 'made' ? [outcome] : []));
  const failed = outcomes.flatMap((outcome) => (outcome.kind === 'failed' ? [outcome] : []));
  const dropped = outcomes.flatMap((outcome) => (outcome.kind === 'not-wanted' ? [outcome.copy] : []));
  const settled = [...made.map(({ copy }) => copy), ...failed.map(({ copy }) => copy), ...dropped];
  return {
    report: {
      plan: run.plan.name,
      planHash: hashOfPlan(run.plan),
      made: made.map(({ copy, copyArn }): MadeCopy => ({ ...nameOf(copy), copyArn })),
      failed: failed.map(({ copy, failure }): CopyFailure => ({ ...nameOf(copy), failure })),
      open: open.length - settled.length,
    },
    settled,
    withoutSettings: outcomes.flatMap((outcome) =>
      outcome.kind === 'without-settings' ? [{ ...nameOf(outcome.copy), failure: outcome.failure }] : [],
    ),
  };
}

type Outcome =
  | { readonly kind: 'open' | 'not-wanted'; readonly copy: OpenCopy }
  | { readonly kind: 'made'; readonly copy: OpenCopy; readonly copyArn: string }
  | { readonly kind: 'failed' | 'without-settings'; readonly copy: OpenCopy; readonly failure: Failure };

async function followOne(copy: OpenCopy, run: CopyRun, ports: CopyPorts): Promise<Outcome> {
  if (copy.ticket !== undefined) return settle(copy, await ports.jobs.progress(copy.ticket), ports);
  const place = run.places.find(({ destination }) => destination.vaultArn === copy.destinationArn);
  if (!place) return { kind: 'not-wanted', copy };
  const now = ports.timing.now();
  return now < copy.notBefore || now >= run.deadline ? { kind: 'open', copy } : start(copy, place, run, ports);
}

async function start(copy: OpenCopy, place: CopyPlace, { plan }: CopyRun, ports: CopyPorts): Promise<Outcome> {
  const started = await ports.jobs.start({ ...copy, plan, place });
  if (started.kind === 'accepted') {
    await ports.ledger.recordCopy({ ...copy, ticket: started.ticket });
    return { kind: 'open', copy };
  }
  if (started.kind === 'unknown' || started.retriable) return { kind: 'open', copy };
  return tryLater(copy, started.failure, ports);
}

async function settle(copy: OpenCopy, progress: Progress | undefined, ports: CopyPorts): Promise<Outcome> {
  if (!progress) return { kind: 'open', copy };
  if (progress.kind !== 'restorable') return tryLater(copy, failureIn(progress), ports);
  const failure = await carrySettings(copy, ports.settings);
  if (failure) return { kind: 'without-settings', copy, failure };
  await ports.ledger.recordCopied(copy);
  return { kind: 'made', copy, copyArn: progress.arn };
}

function failureIn(progress: Exclude<Progress, { kind: 'restorable' }>): Failure {
  return progress.kind === 'failed'
    ? progress.failure
    : { kind: 'job-failed', message: 'the copy job is not known to AWS any more' };
}

/** > Without its source a copy is not tried again. */
async function tryLater(copy: OpenCopy, failure: Failure, { ledger, timing, log }: CopyPorts): Promise<Outcome> {
  const isSourceGone = failure.kind === 'missing';
  const notBefore = nextTryAt({ attempt: copy.attempt, failedAt: timing.now(), isSourceGone });
  if (!notBefore) return { kind: 'failed', copy, failure };
  log.warn('a copy failed and will be tried again', { ...nameOf(copy), attempt: copy.attempt, notBefore, failure });
  await ledger.recordCopy({ ...copy, ticket: undefined, attempt: copy.attempt + 1, notBefore });
  return { kind: 'open', copy };
}

function nameOf({ table, slot, sourceArn, destinationArn }: OpenCopy) {
  return { table, slot: slot.toISOString(), sourceArn, destinationArn };
}
