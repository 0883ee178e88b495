import type { VirtualClock } from '../clock.ts';
import type { Sight } from './alarm-reason.ts';
import { judge } from './judgement.ts';
import type { MetricAlarmDefinition } from './metric-alarm-definition.ts';
import { MetricWatch } from './metric-watch.ts';
import type { Metrics } from './metrics.ts';

interface EvaluatorParts {
  readonly clock: VirtualClock;
  readonly metrics: Metrics;
  /** How long after the end of a period its values are judged. */
  readonly delayMs: number;
  /** Told of every evaluation, whether or not it leads to another state. */
  judged(alarm: string, sight: Sight): void;
}

interface Evaluated {
  readonly alarm: string;
  readonly definition: MetricAlarmDefinition;
  readonly watch: MetricWatch;
  /** End of the newest period at the evaluation that is planned next. */
  next: number | undefined;
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
    const watch = new MetricWatch(definition, metrics, from, ({ at }) => {
      this.#plan(evaluated, endAfter(Math.max(at, clock.now), watch.grainMs));
    });
    const evaluated: Evaluated = { alarm, definition, watch, next: undefined };
    this.#alarms.set(alarm, evaluated);
    this.#plan(evaluated, endAfter(clock.now, watch.grainMs));
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
    if (evaluated) this.#plan(evaluated, endAfter(this.#parts.clock.now, evaluated.watch.grainMs));
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
  }

  #evaluate(evaluated: Evaluated, end: number): void {
    const { alarm, definition, watch } = evaluated;
    evaluated.next = undefined;
    const points = watch.points(end);
    this.#parts.judged(alarm, { definition, points, judgement: judge(points, definition.criteria), end });
    const change = watch.nextChange;
    if (change !== undefined) this.#plan(evaluated, change);
  }
}

function endAfter(instant: number, grainMs: number): number {
  return (Math.floor(instant / grainMs) + 1) * grainMs;
}
