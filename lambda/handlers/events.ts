import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { createEventsClient } from '../aws/clients.ts';
import { eventBridge } from '../aws/event-bridge.ts';
import { systemTiming } from '../aws/system-timing.ts';
import { eventBusVariable } from '../contract/environment.ts';
import { eventMetrics } from '../contract/metrics.ts';
import type { Event } from '../domain/events/event.ts';
import { metricsAbout } from './metrics-about.ts';
import { logger } from './observability.ts';

const busName = process.env[eventBusVariable];
const bus = busName ? eventBridge(createEventsClient(), busName, { timing: systemTiming, log: logger }) : undefined;

/**
 * Tells whoever listens on the deployment's bus what happened under a plan. Never throws.
 * > An event that cannot be sent is logged and counted, and the run goes on.
 */
export async function tell(plan: string, events: readonly Event[]): Promise<void> {
  const notSent = (await bus?.send(events)) ?? 0;
  if (notSent === 0) return;
  const metrics = metricsAbout({ plan });
  metrics.addMetric(eventMetrics.notSent, MetricUnit.Count, notSent);
  metrics.publishStoredMetrics();
}
