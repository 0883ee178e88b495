import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { drillMetrics, metricDimensions, sweepMetrics } from '../contract/metrics.ts';
import type { DurationBounds } from '../domain/drill/restore-timing.ts';
import { durationSeconds } from '../domain/keep-guarantee.ts';
import type { Plan } from '../domain/plan.ts';
import type { DrillResult } from '../jobs/drill/drill-result.ts';
import type { DrillHistory } from '../jobs/drill/ports.ts';
import type { SweepReport } from '../jobs/drill/sweep.ts';
import { metricsAbout } from './metrics-about.ts';

/** Publishes one drill per plan and table. Times are upper bounds: an alarm must not hope. */
export function publishDrill(result: DrillResult, { objectives }: Plan): void {
  const metrics = metricsAbout(result);
  metrics.addMetric(drillMetrics.succeeded, MetricUnit.Count, result.outcome === 'passed' ? 1 : 0);
  metrics.addMetric(drillMetrics.itemsVerified, MetricUnit.Count, result.itemsVerified);
  const seconds = result.outcome === 'passed' ? result.times.total?.atMostSeconds : undefined;
  const isUsual = Object.keys(seriesOf(result)).length === 0;
  const isWhole = seconds !== undefined && result.indexes === 'all';
  if (isWhole && isUsual) publishTotal(metrics, seconds, objectives?.recoveryTime);
  metrics.publishStoredMetrics();
  if (isWhole && !isUsual) publishApart(result, seconds, objectives?.recoveryTime);
  if (seconds !== undefined && result.indexes !== 'all') publishPartial(result, seconds);
  for (const [phase, time] of phasesOf(result)) publishPhase(result, phase, time);
}

function publishTotal(metrics: Metrics, seconds: number, objective: string | undefined): void {
  metrics.addMetric(drillMetrics.restoreTime, MetricUnit.Seconds, seconds);
  if (objective === undefined) return;
  metrics.addMetric(drillMetrics.restoreTimeToObjective, MetricUnit.NoUnit, seconds / durationSeconds(objective));
}

/**
 * > A restore into another Region takes another time, so it is a series of its own, which the plan's objective is held against.
 * > So is one out of cold storage, and no objective is held against it: what was moved there may take longer.
 */
function publishApart(result: DrillResult, seconds: number, objective: string | undefined): void {
  const metrics = metricsAbout(result, seriesOf(result));
  publishTotal(metrics, seconds, result.source?.storage === 'cold' ? undefined : objective);
  metrics.publishStoredMetrics();
}

/** The dimensions by which times that cannot be compared are kept apart. */
function seriesOf({ region, source }: DrillResult): Record<string, string> {
  return {
    ...(region !== undefined && { [metricDimensions.region]: region }),
    ...(source?.storage && { [metricDimensions.storage]: source.storage }),
  };
}

/** > A time measured without all indexes is a series of its own, and no objective is held against it. */
function publishPartial(result: DrillResult, seconds: number): void {
  const indexes = typeof result.indexes === 'string' ? result.indexes : 'some';
  const metrics = metricsAbout(result, { [metricDimensions.indexes]: indexes, ...seriesOf(result) });
  metrics.addMetric(drillMetrics.restoreTime, MetricUnit.Seconds, seconds);
  metrics.publishStoredMetrics();
}

function publishPhase(result: DrillResult, phase: string, seconds: number): void {
  const metrics = metricsAbout(result, { [metricDimensions.phase]: phase, ...seriesOf(result) });
  metrics.addMetric(drillMetrics.restorePhaseTime, MetricUnit.Seconds, seconds);
  metrics.publishStoredMetrics();
}

function phasesOf({ times }: DrillResult): [string, number][] {
  const phases: Readonly<Record<string, number | undefined>> = {
    restore: upper(times.restore),
    indexes: upper(times.indexes),
    're-arm': times.rearmSeconds,
    validate: times.validateSeconds,
  };
  return Object.entries(phases).flatMap(([phase, seconds]) => (seconds === undefined ? [] : [[phase, seconds]]));
}

function upper(bounds: DurationBounds | undefined): number | undefined {
  return bounds?.atMostSeconds;
}

/** Publishes for how long each covered table has not been proven; of those never proven `watch` tells. */
export function publishDrillAges(plan: string, history: ReadonlyMap<string, DrillHistory>, now: Date): void {
  for (const [table, { lastProvenAt, provenBackup }] of history) {
    if (!lastProvenAt) continue;
    const metrics = metricsAbout({ plan, table });
    metrics.addMetric(drillMetrics.age, MetricUnit.Seconds, secondsSince(lastProvenAt, now));
    if (provenBackup) {
      metrics.addMetric(drillMetrics.provenAge, MetricUnit.Seconds, secondsSince(provenBackup.createdAt, now));
    }
    metrics.publishStoredMetrics();
  }
}

function secondsSince(then: Date, now: Date): number {
  return Math.max(0, now.getTime() - then.getTime()) / 1000;
}

/** Publishes what a sweep left, for each plan that drills. A table nobody announced counts for all of them; ages are those of the oldest. */
export function publishSweep({ leftovers }: SweepReport, plans: readonly Plan[]): void {
  for (const { name, drill } of plans) {
    if (!drill) continue;
    const left = leftovers.filter(({ plan }) => plan === undefined || plan === name);
    const metrics = metricsAbout({ plan: name });
    metrics.addMetric(sweepMetrics.leftover, MetricUnit.Count, left.length);
    metrics.addMetric(
      sweepMetrics.leftoverAge,
      MetricUnit.Seconds,
      Math.max(0, ...left.map((each) => each.ageSeconds)),
    );
    metrics.publishStoredMetrics();
  }
}
