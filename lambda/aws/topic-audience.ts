import { paginateListSubscriptionsByTopic, type SNSClient } from '@aws-sdk/client-sns';
import type { Subscription } from '../domain/doctor/audience.ts';
import type { SubscriptionsOf } from '../jobs/doctor/ports.ts';

/** Reads who is subscribed to a topic. > A subscription that was deleted is listed for a while, and is none. */
export function subscriptionsOf(client: SNSClient): SubscriptionsOf {
  return async (topicArn) => {
    const subscriptions: Subscription[] = [];
    try {
      const pages = paginateListSubscriptionsByTopic({ client, stopOnSameToken: true }, { TopicArn: topicArn });
      for await (const page of pages) {
        for (const { SubscriptionArn, Protocol = '', Endpoint = '' } of page.Subscriptions ?? []) {
          if (SubscriptionArn === 'Deleted') continue;
          subscriptions.push({
            protocol: Protocol,
            endpoint: Endpoint,
            isConfirmed: SubscriptionArn !== 'PendingConfirmation',
          });
        }
      }
      return subscriptions;
    } catch (error) {
      if (error instanceof Error && error.name === 'NotFoundException') return 'gone';
      throw error;
    }
  };
}
