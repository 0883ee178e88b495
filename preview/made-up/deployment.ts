import { watchDeploymentMetrics } from '../../lambda/contract/metrics.ts';
import { gauge } from './publish.ts';
import type { Story } from './world.ts';

/** What `watch` says of itself, and of who would hear an alarm. */
export function tellDeployment(story: Story): void {
  gauge(story, watchDeploymentMetrics.heartbeat, {}, () => 1);
  gauge(story, watchDeploymentMetrics.confirmedSubscriptions, {}, () => 2);
  gauge(story, watchDeploymentMetrics.unconfirmedSubscriptions, {}, () => 0);
}
