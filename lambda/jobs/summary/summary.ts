import type { DrillTableScope } from '../../domain/drill/drill-table-name.ts';
import type { CompleteListing, Listing } from '../../domain/listing.ts';
import type { Engine, Plan } from '../../domain/plan.ts';
import type { PlanFacts } from '../../domain/summary/facts.ts';
import { weeklyMessage, type Message } from '../../domain/summary/message.ts';
import { readPlanFacts } from './plan-facts.ts';
import type { SummaryPorts } from './ports.ts';

const weekMilliseconds = 7 * 24 * 3_600_000;

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
  const plans: PlanFacts[] = [];
  for (const plan of run.plans) {
    plans.push(
      await readOrSay(plan, ports, async () => {
        const { engine } = plan.backup;
        const listing = listings.get(engine) ?? (await ports.backupsOf(engine).list({}));
        listings.set(engine, listing);
        return readPlanFacts(plan, { ...run, week, listing: whole(listing), now: ports.timing.now() }, ports);
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

async function unlessUnknown({ countUnconfirmed, log }: SummaryPorts): Promise<number | undefined> {
  try {
    return await countUnconfirmed();
  } catch (error) {
    log.warn('nobody could count the subscriptions', { error });
    return undefined;
  }
}
