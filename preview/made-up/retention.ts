import { pruneMetrics, watchMetrics } from '../../lambda/contract/metrics.ts';
import { randomStream } from '../../sandbox/random.ts';
import { daily, gauge } from './publish.ts';
import { dayMs, type MadeUpPlan, type Story } from './world.ts';

/** What prune runs say of a plan, one run a day. */
export function tellRetention({ plan: { name: plan }, tables, intervalMs }: MadeUpPlan, story: Story): void {
  const random = randomStream(plan, 'retention');
  const perDay = Math.max(1, Math.round(dayMs / intervalMs)) * tables.length;
  const kept = 48 * tables.length;
  const deniedOn = Math.floor(story.until / dayMs) - 11;
  const dayOf = (at: number): number => Math.floor(at / dayMs);
  daily(story, pruneMetrics.kept, { plan }, () => Math.round(kept * (1 + 0.03 * random())));
  daily(story, pruneMetrics.expired, { plan }, () => perDay);
  daily(story, pruneMetrics.deleted, { plan }, (at) => (dayOf(at) === deniedOn ? perDay - 2 : perDay));
  daily(story, pruneMetrics.deletionsDenied, { plan }, (at) => (dayOf(at) === deniedOn ? 2 : 0));
  daily(story, pruneMetrics.deletionsFailed, { plan }, (at) => (dayOf(at) === deniedOn + 6 ? 1 : 0));
  daily(story, pruneMetrics.deletionsSkipped, { plan }, () => 0);
  for (const flag of [pruneMetrics.blocked, pruneMetrics.limitExceeded, pruneMetrics.reportOnly])
    daily(story, flag, { plan }, (at) => (flag === pruneMetrics.limitExceeded && dayOf(at) === deniedOn + 1 ? 1 : 0));
  daily(story, pruneMetrics.held, { plan }, () => 2);
  daily(story, pruneMetrics.frozen, { plan }, (at) => (at > story.until - 20 * dayMs ? 3 : 0));
  daily(story, pruneMetrics.unjudgeable, { plan }, () => 0);
  gauge(story, watchMetrics.pruneRunAge, { plan }, (at) => ((at - dayMs / 6) % dayMs) / 1000);
}
