import { Buckets, grainOf, type Points } from './buckets.ts';
import { MathEvaluation } from './math-evaluation.ts';
import type { MetricAlarmDefinition } from './metric-alarm-definition.ts';
import type { MetricStat } from './metric-query.ts';
import type { Datapoint, Metrics } from './metrics.ts';

/** Follows the metrics of one alarm, and keeps of them no more than the alarm can still see. */
export class MetricWatch {
  readonly #definition: MetricAlarmDefinition;
  readonly #buckets = new Map<string, Buckets>();
  readonly #closers: (() => void)[] = [];

  /** `heard` is told of each value, after it was kept. */
  constructor(
    definition: MetricAlarmDefinition,
    metrics: Metrics,
    from: number,
    heard: (datapoint: Datapoint) => void,
  ) {
    this.#definition = definition;
    for (const { id, stat } of definition.queries) if (stat) this.#follow(id, stat, metrics, from, heard);
  }

  get grainMs(): number {
    return grainOf(this.#definition.periodSeconds * 1000);
  }

  /** What the alarm sees at `end`, oldest first. */
  points(end: number): Points {
    const { queries, judged, periodSeconds, range } = this.#definition;
    const [only] = queries;
    if (only?.stat && queries.length === 1) return this.#pointsOf(only.id, end);
    const starts = Array.from({ length: range }, (_, index) => end / 1000 - (range - index) * periodSeconds);
    const value = new MathEvaluation(queries, { points: (id) => this.#pointsOf(id, end), starts, periodSeconds }).value(
      judged,
    );
    return value.kind === 'series' ? value.points : [];
  }

  /** Until when the newest value is in the newest period. */
  get freshUntil(): number {
    const [only] = this.#buckets.values();
    return (only?.newestSeenAt ?? -Infinity) + this.#definition.periodSeconds * 1000;
  }

  /** Whether everything breaches or nothing does, without a gap; undefined when it is not so, and for metric math. */
  get side(): boolean | undefined {
    const [only] = this.#buckets.values();
    return this.#definition.queries.length === 1
      ? only?.side((value) => this.#definition.criteria.breaches(value))
      : undefined;
  }

  /** The next moment at which the alarm sees something else, unless more arrives. */
  get nextChange(): number | undefined {
    let next: number | undefined;
    for (const { nextChange: change } of this.#buckets.values()) {
      if (change !== undefined && (next === undefined || change < next)) next = change;
    }
    return next;
  }

  close(): void {
    for (const close of this.#closers) close();
  }

  #follow(id: string, stat: MetricStat, metrics: Metrics, from: number, heard: (datapoint: Datapoint) => void): void {
    const { namespace, name, dimensions, unit, statistic } = stat;
    const windows = { periodMs: this.#definition.periodSeconds * 1000, count: this.#definition.range };
    const buckets = new Buckets(windows, statistic);
    this.#buckets.set(id, buckets);
    const matches = (datapoint: Datapoint): boolean => unit === undefined || datapoint.unit === unit;
    for (const datapoint of metrics.datapoints(namespace, name, dimensions, { from }))
      if (matches(datapoint)) buckets.add(datapoint);
    const listen = (datapoint: Datapoint): void => {
      if (!matches(datapoint)) return;
      buckets.add(datapoint);
      heard(datapoint);
    };
    this.#closers.push(metrics.watch(namespace, name, dimensions, listen));
  }

  #pointsOf(id: string, end: number): Points {
    return this.#buckets.get(id)?.points(end) ?? [];
  }
}
