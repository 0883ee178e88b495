import * as z from 'zod';
import type { SandboxAccount } from '../sandbox/account.ts';

const series = z.object({
  namespace: z.string(),
  name: z.string(),
  dimensions: z.record(z.string(), z.string()),
  datapoints: z.array(z.object({ at: z.number(), value: z.number() })),
});

/**
 * Puts the metrics of a JSON document into an account: a list of series, each with its datapoints in epoch milliseconds.
 *
 * @throws ZodError where the document is something else
 */
export function readMetrics(metrics: SandboxAccount['metrics'], document: string): void {
  for (const { namespace, name, dimensions, datapoints } of z.array(series).parse(JSON.parse(document))) {
    for (const datapoint of datapoints) metrics.put(namespace, name, dimensions, datapoint);
  }
}
