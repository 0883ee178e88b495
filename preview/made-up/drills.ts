import { drillMetrics, sweepMetrics, watchMetrics } from '../../lambda/contract/metrics.ts';
import { daily, everyDay, gauge, publishAt } from './publish.ts';
import { dayMs, drillsOf, hourMs, type MadeUpPlan, type MadeUpTable, restoreSeconds, type Story } from './world.ts';

const phases = { restore: 0.62, indexes: 0.27, 're-arm': 0.03, validate: 0.08 };

/** What drills say of a plan's tables, and what `watch` repeats of them. */
export function tellDrills(world: MadeUpPlan, story: Story): void {
  for (const table of world.tables) tellTable(world, table, story);
  tellPlan(world, story);
  tellForecast(world, story);
}

function tellTable(world: MadeUpPlan, table: MadeUpTable, story: Story): void {
  const place = { plan: world.plan.name, table: table.name };
  const drills = drillsOf(world, table);
  publishAt(story, drillMetrics.succeeded, place, drills, (at) => (fails(world, table, at) ? 0 : 1));
  const passed = drills.filter((at) => !fails(world, table, at));
  for (const [phase, part] of Object.entries(phases))
    publishAt(
      story,
      drillMetrics.restorePhaseTime,
      { ...place, phase },
      passed,
      (at) => part * restoreSeconds(world, table, at, story),
    );
  daily(story, drillMetrics.restoreTime, place, (at) => lastTime(world, table, at, story));
  gauge(story, drillMetrics.age, place, (at) => proofAge(world, table, at, story));
}

function tellPlan(world: MadeUpPlan, story: Story): void {
  const { name: plan } = world.plan;
  const whole = world.recoveryTimeSeconds;
  const slowest = (at: number): number | undefined =>
    highest(world.tables.map((table) => lastTime(world, table, at, story)));
  const oldest = (at: number): number => Math.max(...world.tables.map((table) => proofAge(world, table, at, story)));
  const proven = (at: number): number =>
    world.tables.filter((table) => proofAge(world, table, at, story) < 30 * 86_400).length;
  const rounds = Math.max(1, ...world.tables.map(({ everyDrill }) => everyDrill));
  for (const moments of [everyDay(story), lastDay(story)]) {
    publishAt(story, drillMetrics.restoreTime, { plan }, moments, slowest);
    if (whole !== undefined)
      publishAt(story, drillMetrics.restoreTimeToObjective, { plan }, moments, (at) => part(slowest(at), whole));
  }
  gauge(story, drillMetrics.age, { plan }, oldest);
  daily(story, watchMetrics.drillCoverage, { plan }, (at) => (100 * proven(at)) / world.tables.length);
  gauge(story, watchMetrics.drillAgeToExpected, { plan }, (at) => oldest(at) / ((rounds * 7 + 2) * 86_400));
  daily(
    story,
    watchMetrics.failedDrills,
    { plan },
    (at) => world.tables.filter((table) => hasFailed(world, table, at)).length,
  );
  daily(story, sweepMetrics.leftover, { plan }, (at) => (isDay(at, story.until - 9 * dayMs) ? 1 : 0));
  daily(story, sweepMetrics.leftoverAge, { plan }, (at) => (isDay(at, story.until - 9 * dayMs) ? 5 * 3_600 : 0));
}

/** Straight on from where restores are, for as long as the growth of the slowest table says. */
function tellForecast(world: MadeUpPlan, story: Story): void {
  const { recoveryTimeSeconds: whole, plan } = world;
  if (whole === undefined) return;
  daily(story, watchMetrics.restoreTimeForecast, { plan: plan.name }, (at) => {
    const days = world.tables.map((table) => {
      const perDay = (whole * table.restorePart * table.grown) / story.days;
      return (whole - restoreSeconds(world, table, at, story)) / perDay;
    });
    return Math.min(3_650, ...days);
  });
}

/** The second table's last drill but one failed. */
function fails(world: MadeUpPlan, table: MadeUpTable, at: number): boolean {
  return table === world.tables[1] && at === drillsOf(world, table).at(-2);
}

/** Whether the last drill of the table up to this moment failed. */
function hasFailed(world: MadeUpPlan, table: MadeUpTable, at: number): boolean {
  const last = drillsOf(world, table).findLast((drill) => drill <= at);
  return last !== undefined && fails(world, table, last);
}

function lastPassed(world: MadeUpPlan, table: MadeUpTable, at: number): number | undefined {
  return drillsOf(world, table).findLast((drill) => drill <= at && !fails(world, table, drill));
}

function lastTime(world: MadeUpPlan, table: MadeUpTable, at: number, story: Story): number | undefined {
  const drill = lastPassed(world, table, at);
  return drill === undefined ? undefined : restoreSeconds(world, table, drill, story);
}

/** Before the first drill of the story, as if one had been a round before. */
function proofAge(world: MadeUpPlan, table: MadeUpTable, at: number, { until, days }: Story): number {
  const begun = until - days * dayMs - (table.everyDrill - table.firstDrill) * 7 * dayMs + 3 * dayMs;
  return (at - (lastPassed(world, table, at) ?? begun)) / 1000;
}

function highest(values: readonly (number | undefined)[]): number | undefined {
  const present = values.filter((value) => value !== undefined);
  return present.length === 0 ? undefined : Math.max(...present);
}

function part(value: number | undefined, whole: number): number | undefined {
  return value === undefined ? undefined : value / whole;
}

function isDay(at: number, day: number): boolean {
  return at <= day && day < at + dayMs;
}

function lastDay({ until }: Story): number[] {
  return Array.from({ length: 24 }, (_, hour) => until - (24 - hour) * hourMs);
}
