import { isRecord } from './input.ts';

export interface Datapoint {
  /** Epoch milliseconds of the account's clock when the value arrived. */
  readonly at: number;
  readonly value: number;
}

export type Dimensions = Readonly<Record<string, string>>;

export interface MetricSeries {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Dimensions;
  readonly datapoints: readonly Datapoint[];
}

interface Window {
  readonly from?: number;
  readonly until?: number;
}

function seriesKey(namespace: string, name: string, dimensions: Dimensions): string {
  return JSON.stringify([namespace, name, Object.entries(dimensions).sort()]);
}

/** CloudWatch metrics as series of values, oldest first. Of each series the newest `capacity` values are kept. */
export class Metrics {
  readonly #capacity: number;
  readonly #series = new Map<
    string,
    { namespace: string; name: string; dimensions: Dimensions; datapoints: Datapoint[] }
  >();

  constructor(capacity = 20_000) {
    this.#capacity = capacity;
  }

  get series(): MetricSeries[] {
    return [...this.#series.values()];
  }

  put(namespace: string, name: string, dimensions: Dimensions, datapoint: Datapoint): void {
    const key = seriesKey(namespace, name, dimensions);
    let series = this.#series.get(key);
    if (!series) {
      series = { namespace, name, dimensions, datapoints: [] };
      this.#series.set(key, series);
    }
    series.datapoints.push(datapoint);
    if (series.datapoints.length >= 2 * this.#capacity) series.datapoints = series.datapoints.slice(-this.#capacity);
  }

  datapoints(namespace: string, name: string, dimensions: Dimensions = {}, window: Window = {}): readonly Datapoint[] {
    const { from = -Infinity, until = Infinity } = window;
    const all = this.#series.get(seriesKey(namespace, name, dimensions))?.datapoints ?? [];
    return all.filter(({ at }) => at >= from && at < until);
  }

  latest(namespace: string, name: string, dimensions: Dimensions = {}): number | undefined {
    return this.#series.get(seriesKey(namespace, name, dimensions))?.datapoints.at(-1)?.value;
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

  #putDirective(document: Record<string, unknown>, directive: Record<string, unknown>, at: number): void {
    const names = Array.isArray(directive.Metrics) ? directive.Metrics.filter(isRecord) : [];
    const sets: unknown[] = Array.isArray(directive.Dimensions) ? directive.Dimensions : [[]];
    for (const set of sets) {
      const keys = Array.isArray(set) ? set.filter((key) => typeof key === 'string') : [];
      const dimensions = Object.fromEntries(keys.map((key) => [key, String(document[key])]));
      for (const { Name: name } of names) {
        for (const value of [document[String(name)]].flat()) {
          if (typeof value === 'number') this.put(String(directive.Namespace), String(name), dimensions, { at, value });
        }
      }
    }
  }
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const document: unknown = JSON.parse(line);
    return isRecord(document) ? document : undefined;
  } catch {
    return undefined;
  }
}
