import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import type { DurableContext } from '@aws/durable-execution-sdk-js';
import middy from '@middy/core';
import { executionModeDurableContext } from '@middy/core/executionModeDurableContext';
import type { Context } from 'aws-lambda';
import { metricDimensions, metricsNamespace } from '../contract/metrics.ts';

export const logger = new Logger({ serviceName: 'dynamodb-backup-scheduler' });
const metrics = new Metrics({ namespace: metricsNamespace, serviceName: 'dynamodb-backup-scheduler' });
metrics.clearDefaultDimensions();

/** Publishes one run's numbers with the plan as their only dimension. They reach CloudWatch even when the run then fails. */
export function publishMetrics(
  plan: string,
  counts: Readonly<Record<string, number>>,
  seconds: Readonly<Record<string, number>> = {},
): void {
  metrics.addDimension(metricDimensions.plan, plan);
  for (const [name, value] of Object.entries(counts)) metrics.addMetric(name, MetricUnit.Count, value);
  for (const [name, value] of Object.entries(seconds)) metrics.addMetric(name, MetricUnit.Seconds, value);
}

/** Wraps one run into a Lambda handler: context in the logs, metrics flushed on success and on failure. */
export function observed<Result>(run: (event: unknown, context: Context) => Promise<Result>) {
  return middy<unknown, Result>()
    .use(injectLambdaContext(logger))
    .use(logMetrics(metrics, { throwOnEmptyMetrics: false }))
    .handler(run);
}

/** The same for a run that publishes its metrics itself, because they are of several tables. */
export function logged<Result>(run: (event: unknown, context: Context) => Promise<Result>) {
  return middy<unknown, Result>().use(injectLambdaContext(logger)).handler(run);
}

/** Wraps a durable run into a Lambda handler. It publishes its metrics in a step of its own: what stands outside a step is said again. */
export function observedDurable<Result>(run: (event: unknown, context: DurableContext) => Promise<Result>) {
  // Middy would end a run shortly before its function times out, and so fail it for good instead of letting it go on.
  const options = { executionMode: executionModeDurableContext, timeoutEarlyInMillis: 0 };
  return middy<unknown, Result, Error, DurableContext>(options).use(injectLambdaContext(logger)).handler(run);
}
