import { isRecord } from '../input.ts';

export interface Datapoint {
  /** Epoch milliseconds: what the value is dated, which is when it arrived unless somebody said otherwise. */
  readonly at: number;
  readonly value: number;
  readonly unit?: string;
}

type Listener = (datapoint: Datapoint) => void;

export type Dimensions = Readonly<Record<string, string>>;

export interface MetricSeries {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Dimensions;
  readonly datapoints: readonly Datapoint[];
}

interface KeptSeries extends MetricSeries {
  datapoints: Datapoint[];
  readonly listeners: Set<Listener>;
}

interface Window {
  readonly from?: number;
  readonly until?: number;
}

/** Where a value belongs, but for the name of its metric: one line of output has many values of the same place. */
interface Place {
  readonly namespace: string;
  readonly dimensions: Dimensions;
  /** What tells it from every other place. */
  readonly key: string;
}

function placeOf(namespace: string, dimensions: Dimensions): Place {
  return { namespace, dimensions, key: JSON.stringify([namespace, Object.entries(dimensions).sort()]) };
}

function seriesKey(place: Place, name: string): string {
  return `${place.key} ${name}`;
}

/** CloudWatch metrics as series of values, oldest first. Of each series the newest `capacity` values are kept. */
export class Metrics {
  readonly #capacity: number;
  readonly #series = new Map<string, KeptSeries>();

  constructor(capacity = 20_000) {
    this.#capacity = capacity;
  }

  get series(): MetricSeries[] {
    return [...this.#series.values()].filter(({ datapoints }) => datapoints.length > 0);
  }

  put(namespace: string, name: string, dimensions: Dimensions, datapoint: Datapoint): void {
    this.#put(placeOf(namespace, dimensions), name, datapoint);
  }

  #put(place: Place, name: string, datapoint: Datapoint): void {
    const series = this.#seriesOf(place, name);
    insert(series.datapoints, datapoint);
    if (series.datapoints.length >= 2 * this.#capacity) series.datapoints = series.datapoints.slice(-this.#capacity);
    for (const listener of series.listeners) listener(datapoint);
  }

  /** Hears of every value of one series from now on, until the returned function is called. */
  watch(namespace: string, name: string, dimensions: Dimensions, listener: Listener): () => void {
    const { listeners } = this.#seriesOf(placeOf(namespace, dimensions), name);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  datapoints(namespace: string, name: string, dimensions: Dimensions = {}, window: Window = {}): readonly Datapoint[] {
    const { from = -Infinity, until = Infinity } = window;
    const all = this.#series.get(seriesKey(placeOf(namespace, dimensions), name))?.datapoints ?? [];
    return all.filter(({ at }) => at >= from && at < until);
  }

  latest(namespace: string, name: string, dimensions: Dimensions = {}): number | undefined {
    return this.#series.get(seriesKey(placeOf(namespace, dimensions), name))?.datapoints.at(-1)?.value;
  }

  sum(namespace: string, name: string, dimensions: Dimensions = {}, window: Window = {}): number {
    return this.datapoints(namespace, name, dimensions, window).reduce((total, { value }) => total + value, 0);
  }

  maximum(namespace: string, name: string, dimensions: Dimensions = {}, window: Window = {}): number | undefined {
    const values = this.datapoints(namespace, name, dimensions, window).map(({ value }) => value);
    return values.length === 0 ? undefined : values.reduce((a, b) => Math.max(a, b));
  }

  /** Takes the metrics out of a log line in CloudWatch's embedded metric format; other lines are none of its business. */
  readLogLine(line: string, at: number): void {
    if (!line.startsWith('{') || !line.includes('"_aws"')) return;
    const document = parse(line);
    const metadata = document?._aws;
    const directives = isRecord(metadata) ? metadata.CloudWatchMetrics : undefined;
    if (!document || !Array.isArray(directives)) return;
    for (const directive of directives.filter(isRecord)) this.#putDirective(document, directive, at);
  }

  #seriesOf(place: Place, name: string): KeptSeries {
    const key = seriesKey(place, name);
    let series = this.#series.get(key);
    if (!series) {
      const { namespace, dimensions } = place;
      series = { namespace, name, dimensions, datapoints: [], listeners: new Set() };
      this.#series.set(key, series);
    }
    return series;
  }

  #putDirective(document: Record<string, unknown>, directive: Record<string, unknown>, at: number): void {
    const names = Array.isArray(directive.Metrics) ? directive.Metrics.filter(isRecord) : [];
    const sets: unknown[] = Array.isArray(directive.Dimensions) ? directive.Dimensions : [[]];
    for (const set of sets) {
      const keys = Array.isArray(set) ? set.filter((key) => typeof key === 'string') : [];
      const dimensions = Object.fromEntries(keys.map((key) => [key, String(document[key])]));
      const place = placeOf(String(directive.Namespace), dimensions);
      for (const { Name: name, Unit: unit } of names) {
        const measured = { at, ...(typeof unit === 'string' && { unit }) };
        for (const value of [document[String(name)]].flat()) {
          if (typeof value !== 'number') continue;
          this.#put(place, String(name), { ...measured, value });
        }
      }
    }
  }
}

/** Values nearly always arrive in the order of their instants. */
function insert(datapoints: Datapoint[], datapoint: Datapoint): void {
  let index = datapoints.length;
  while (index > 0 && (datapoints[index - 1]?.at ?? 0) > datapoint.at) index--;
  if (index === datapoints.length) datapoints.push(datapoint);
  else datapoints.splice(index, 0, datapoint);
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const document: unknown = JSON.parse(line);
    return isRecord(document) ? document : undefined;
  } catch {
    return undefined;
  }
}
