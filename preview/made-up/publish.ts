import { metricDimensions, metricsNamespace } from '../../lambda/contract/metrics.ts';
import { dayMs, type Story } from './world.ts';

type Value = (at: number) => number | undefined;

/** Dimensions of what is published: of a plan, a table, or a phase. */
export interface Place {
  readonly plan?: string;
  readonly table?: string;
  readonly phase?: string;
}

/** Publishes a value at each of these moments at which it has one. */
export function publishAt(
  { metrics }: Story,
  name: string,
  place: Place,
  moments: readonly number[],
  value: Value,
): void {
  const dimensions = dimensionsOf(place);
  for (const at of moments) {
    const found = value(at);
    if (found !== undefined) metrics.put(metricsNamespace, name, dimensions, { at, value: found });
  }
}

/** Publishes a gauge as `watch` does, every quarter of an hour, for the last so many days. */
export function gauge(story: Story, name: string, place: Place, value: Value, days = 8): void {
  publishAt(story, name, place, moments(story.until - days * dayMs, story.until, 15 * 60_000), value);
}

/** Publishes once a day over the whole story: what is drawn by the day needs no more. */
export function daily(story: Story, name: string, place: Place, value: Value): void {
  publishAt(story, name, place, everyDay(story), value);
}

export function everyDay({ until, days }: Story): number[] {
  return moments(until - days * dayMs, until, dayMs);
}

function moments(from: number, until: number, every: number): number[] {
  return Array.from({ length: Math.floor((until - from) / every) }, (_, index) => from + index * every);
}

function dimensionsOf({ plan, table, phase }: Place): Record<string, string> {
  return {
    ...(plan !== undefined && { [metricDimensions.plan]: plan }),
    ...(table !== undefined && { [metricDimensions.table]: table }),
    ...(phase !== undefined && { [metricDimensions.phase]: phase }),
  };
}
