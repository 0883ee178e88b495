import type { VirtualClock } from '../clock.ts';
import type { Sight } from './alarm-reason.ts';
import { seenAtOf } from './buckets.ts';
import { judge } from './judgement.ts';
import type { MetricAlarmDefinition } from './metric-alarm-definition.ts';
import { MetricWatch } from './metric-watch.ts';
import type { Datapoint, Metrics } from './metrics.ts';

interface EvaluatorParts {
  readonly clock: VirtualClock;
  readonly metrics: Metrics;
  /** How long after the end of a period its values are judged. */
  readonly delayMs: number;
  /** Told of every evaluation, whether or not it leads to another state. */
  judged(alarm: string, sight: Sight): void;
  /** Called when all alarms of an instant have been evaluated. */
  settled(): void;
}

interface Evaluated {
  readonly alarm: string;
  readonly definition: MetricAlarmDefinition;
  readonly watch: MetricWatch;
  /** End of the newest period at the evaluation that is planned next. */
  next: number | undefined;
  /** The side of the threshold on which everything is, without a gap, and since which evaluation; undefined when it is not so. */
  calm: { readonly breaching: boolean; readonly since: number } | undefined;
}

/**
 * Evaluates metric alarms as CloudWatch's default, the sliding window, does: each minute, over periods that end there (each ten seconds
 * for periods shorter than a minute). A minute at which an alarm cannot see anything new is skipped, which is nearly every one.
 */
export class Evaluator {
  readonly #parts: EvaluatorParts;
  readonly #alarms = new Map<string, Evaluated>();
  /** What is evaluated when, by the end of the newest period: one event of the clock for all alarms of an instant. */
  readonly #agenda = new Map<number, Evaluated[]>();

  constructor(parts: EvaluatorParts) {
    this.#parts = parts;
  }

  /** Starts to evaluate an alarm, or evaluates it by another definition. */
  add(alarm: string, definition: MetricAlarmDefinition): void {
    this.remove(alarm);
    const { clock, metrics } = this.#parts;
    const from = clock.now - (definition.range + 1) * definition.periodSeconds * 1000;
    const watch = new MetricWatch(definition, metrics, from, (datapoint) => { this.#heard(evaluated, datapoint); }); // prettier-ignore
    const evaluated: Evaluated = { alarm, definition, watch, next: undefined, calm: undefined };
    this.#alarms.set(alarm, evaluated);
    this.#plan(evaluated, seenAtOf(clock.now, watch.grainMs));
  }

  remove(alarm: string): void {
    const evaluated = this.#alarms.get(alarm);
    if (!evaluated) return;
    evaluated.watch.close();
    evaluated.next = undefined;
    this.#alarms.delete(alarm);
  }

  /** Evaluates an alarm at the next occasion, even if it sees nothing new. */
  reconsider(alarm: string): void {
    const evaluated = this.#alarms.get(alarm);
    if (!evaluated) return;
    evaluated.calm = undefined;
    this.#plan(evaluated, seenAtOf(this.#parts.clock.now, evaluated.watch.grainMs));
  }

  /** A value on the side on which everything is, while the last one is still fresh, is no reason to look. */
  #heard(evaluated: Evaluated, { at, value }: Datapoint): void {
    const { definition, watch, calm } = evaluated;
    const { now } = this.#parts.clock;
    const isInTime = at === now && seenAtOf(at, watch.grainMs) <= (evaluated.next ?? -Infinity);
    if (calm && isInTime && definition.criteria.breaches(value) === calm.breaching) return;
    evaluated.calm = undefined;
    this.#plan(evaluated, seenAtOf(Math.max(at, now), watch.grainMs));
  }

  #plan(evaluated: Evaluated, end: number): void {
    if (evaluated.next !== undefined && evaluated.next <= end) return;
    evaluated.next = end;
    const planned = this.#agenda.get(end);
    if (planned) {
      planned.push(evaluated);
      return;
    }
    this.#agenda.set(end, [evaluated]);
    this.#parts.clock.at(end + this.#parts.delayMs, () => { this.#evaluateAll(end); }); // prettier-ignore
  }

  #evaluateAll(end: number): void {
    const planned = this.#agenda.get(end) ?? [];
    this.#agenda.delete(end);
    for (const evaluated of planned) if (evaluated.next === end) this.#evaluate(evaluated, end);
    this.#parts.settled();
  }

  #evaluate(evaluated: Evaluated, end: number): void {
    const { alarm, definition, watch } = evaluated;
    evaluated.next = undefined;
    if (this.#staysCalm(evaluated, end)) {
      this.#plan(evaluated, watch.freshUntil);
      return;
    }
    const points = watch.points(end);
    const judgement = judge(points, definition.criteria);
    this.#parts.judged(alarm, { definition, points, judgement, end });
    const breaching = watch.side;
    evaluated.calm = breaching === undefined ? undefined : { breaching, since: end };
    const change = evaluated.calm ? watch.freshUntil : watch.nextChange;
    if (change !== undefined) this.#plan(evaluated, change);
  }

  /** Now and then even a calm alarm is evaluated, so that what it no longer sees is dropped. */
  #staysCalm({ calm, definition, watch }: Evaluated, end: number): boolean {
    if (!calm || watch.freshUntil <= end) return false;
    return end - calm.since < definition.range * definition.periodSeconds * 1000;
  }
}
