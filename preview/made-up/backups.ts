import { backupMetrics, eventMetrics, watchMetrics } from '../../lambda/contract/metrics.ts';
import { randomStream } from '../../sandbox/random.ts';
import { daily, gauge, publishAt, everyDay } from './publish.ts';
import { dayMs, hourMs, type MadeUpPlan, type MadeUpTable, minuteMs, type Story } from './world.ts';

/** How long after its slot a backup is restorable. */
const backupMs = 4 * minuteMs;

/** What backup runs and `watch` say of a plan's backups. */
export function tellBackups(world: MadeUpPlan, story: Story): void {
  const { name: plan } = world.plan;
  const ageOf = (table: MadeUpTable) => (at: number) => recoveryPointAge(world, table, at, story);
  const worst = (at: number): number => Math.max(...world.tables.map((table) => ageOf(table)(at)));
  for (const table of world.tables)
    gauge(story, watchMetrics.recoveryPointAge, { plan, table: table.name }, ageOf(table));
  gauge(story, watchMetrics.recoveryPointAge, { plan }, worst);
  const { recoveryPointSeconds } = world;
  if (recoveryPointSeconds !== undefined)
    gauge(story, watchMetrics.recoveryPointAgeToObjective, { plan }, (at) => worst(at) / recoveryPointSeconds);
  tellGaps(world, story);
  tellRuns(world, story);
  tellSizes(world, story);
}

/** The sawtooth of a table: it grows from one backup to the next, over a missed one, too. */
function recoveryPointAge(world: MadeUpPlan, table: MadeUpTable, at: number, story: Story): number {
  const { intervalMs } = world;
  const random = randomStream(table.name, 'backup');
  const done = backupMs + random() * 3 * minuteMs;
  const slot = Math.floor((at - done) / intervalMs) * intervalMs;
  return (at - (isMissed(world, table, slot, story) ? slot - intervalMs : slot) - done) / 1000;
}

/** Three days ago the first table missed one slot of its plan. */
function isMissed({ tables, intervalMs }: MadeUpPlan, table: MadeUpTable, slot: number, { until }: Story): boolean {
  return table === tables[0] && slot === Math.floor((until - 3 * dayMs) / intervalMs) * intervalMs;
}

function tellGaps({ plan: { name: plan }, tables, intervalMs }: MadeUpPlan, story: Story): void {
  const missedAt = Math.floor((story.until - 3 * dayMs) / intervalMs) * intervalMs + hourMs / 2;
  gauge(story, watchMetrics.missingBackups, { plan }, (at) => (at >= missedAt && at < missedAt + 2 * dayMs ? 1 : 0));
  gauge(story, watchMetrics.unprotectedTables, { plan }, (at) =>
    at > story.until - 2 * dayMs && at < story.until - 1.9 * dayMs ? 1 : 0,
  );
  gauge(story, watchMetrics.protectedTables, { plan }, () => tables.length);
  gauge(story, watchMetrics.missingSchedules, { plan }, () => 0);
  gauge(story, watchMetrics.keysAtRisk, { plan }, () => 0);
  gauge(story, watchMetrics.backupRunAge, { plan }, (at) => ((at - minuteMs) % intervalMs) / 1000);
  gauge(story, watchMetrics.pointInTimeRecoveryGap, { plan }, (at) => 290 + 15 * Math.sin(at / hourMs));
  gauge(story, watchMetrics.shrink, { plan }, (at) => (at % (3 * dayMs) < hourMs ? 0.04 : 0.002));
}

function tellRuns({ plan: { name: plan }, tables, intervalMs }: MadeUpPlan, story: Story): void {
  const slots = Math.max(1, Math.round(dayMs / intervalMs));
  const missedDay = story.until - 3 * dayMs;
  const missed = (at: number): number => (at <= missedDay && missedDay < at + dayMs ? 1 : 0);
  daily(story, backupMetrics.taken, { plan }, (at) => slots * tables.length - missed(at));
  daily(story, backupMetrics.failed, { plan }, missed);
  daily(story, backupMetrics.pending, { plan }, () => 0);
  daily(story, backupMetrics.skipped, { plan }, (at) => (Math.floor(at / dayMs) % 9 === 0 ? 1 : 0));
  daily(story, backupMetrics.discoveryIncomplete, { plan }, () => 0);
  daily(story, eventMetrics.notSent, { plan }, () => 0);
  const runs = Array.from(
    { length: Math.floor((8 * dayMs) / intervalMs) },
    (_, index) => story.until - (index + 1) * intervalMs,
  );
  const random = randomStream(plan, 'lateness');
  publishAt(story, backupMetrics.slotLateness, { plan }, runs.reverse(), () => 20 + 90 * random() ** 4);
}

function tellSizes({ plan: { name: plan }, tables }: MadeUpPlan, story: Story): void {
  const copies = 28;
  const now = copies * tables.reduce((total, { bytes }) => total + bytes, 0);
  const stored = (at: number): number => now * (1 - 0.35 * ((story.until - at) / (story.days * dayMs)));
  const gigabyteMonth = 0.1;
  publishAt(story, watchMetrics.storageBytes, { plan }, everyDay(story), stored);
  publishAt(story, watchMetrics.monthlyCost, { plan }, everyDay(story), (at) => (stored(at) / 1e9) * gigabyteMonth);
}
