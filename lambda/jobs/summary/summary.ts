import type { DrillTableScope } from '../../domain/drill/drill-table-name.ts';
import type { CompleteListing, Listing } from '../../domain/listing.ts';
import type { Engine, Plan } from '../../domain/plan.ts';
import { restoreTestDays, type PlanFacts } from '../../domain/summary/facts.ts';
import { weeklyMessage, type Message } from '../../domain/summary/message.ts';
import { readPlanFacts, type PlanRun } from './plan-facts.ts';
import type { SummaryPorts } from './ports.ts';

const dayMilliseconds = 24 * 3_600_000;
const weekMilliseconds = 7 * dayMilliseconds;

export interface SummaryRun extends DrillTableScope {
  readonly plans: readonly Plan[];
  readonly prefix: string;
  readonly region: string;
  /** The scheduled instant: the week before it is told of, however late. */
  readonly slot: Date;
}

/**
 * Tells people what the week before was like.
 * > What cannot be read is said, and all else is told. Throws only when the message cannot be published.
 */
export async function summarizeWeek(run: SummaryRun, ports: SummaryPorts): Promise<Message> {
  const week = { from: new Date(run.slot.getTime() - weekMilliseconds), until: run.slot };
  const listings = new Map<Engine, Listing>();
  const restoreTests = await restoreTestsOf(run, ports);
  const plans: PlanFacts[] = [];
  for (const plan of run.plans) {
    plans.push(
      await readOrSay(plan, ports, async () => {
        const { engine } = plan.backup;
        const listing = listings.get(engine) ?? (await ports.backupsOf(engine).list({}));
        listings.set(engine, listing);
        const now = ports.timing.now();
        return readPlanFacts(plan, { ...run, week, listing: whole(listing), restoreTests, now }, ports);
      }),
    );
  }
  const unconfirmedSubscriptions = await unlessUnknown(ports);
  const message = weeklyMessage({ owner: run.owner, region: run.region, ...week, plans, unconfirmedSubscriptions });
  await ports.publish(message);
  return message;
}

/** A partial listing has nothing to judge. */
function whole(listing: Listing): CompleteListing {
  if (listing.complete) return listing;
  throw new Error('the backups could not be listed whole', { cause: listing.error });
}

async function readOrSay(plan: Plan, { log }: SummaryPorts, read: () => Promise<PlanFacts>): Promise<PlanFacts> {
  try {
    return await read();
  } catch (error) {
    log.error('a plan could not be read for the summary', { plan: plan.name, error });
    return { kind: 'unreadable', plan: plan.name, message: error instanceof Error ? error.message : String(error) };
  }
}

/** > They are AWS's word beside ours: that they cannot be read is said, and keeps nothing else from being told. */
async function restoreTestsOf(
  { plans, slot }: SummaryRun,
  { restoreTests, log }: SummaryPorts,
): Promise<PlanRun['restoreTests']> {
  if (plans.every(({ backup }) => backup.engine !== 'aws-backup')) return [];
  try {
    return await restoreTests({ from: new Date(slot.getTime() - restoreTestDays * dayMilliseconds), until: slot });
  } catch (error) {
    log.warn('the restore jobs could not be read for the summary', { error });
    return 'unreadable';
  }
}

async function unlessUnknown({ countUnconfirmed, log }: SummaryPorts): Promise<number | undefined> {
  try {
    return await countUnconfirmed();
  } catch (error) {
    log.warn('nobody could count the subscriptions', { error });
    return undefined;
  }
}
