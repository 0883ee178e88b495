import { GetTopicAttributesCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { CountSubscriptions } from '../jobs/watch/ports.ts';

/** Counts a topic's subscriptions. > A topic that is gone has none. */
export function countSubscriptions(client: SNSClient): CountSubscriptions {
  return async (topicArn) => {
    try {
      const { Attributes = {} } = await client.send(new GetTopicAttributesCommand({ TopicArn: topicArn }));
      return {
        confirmed: Number(Attributes.SubscriptionsConfirmed),
        unconfirmed: Number(Attributes.SubscriptionsPending),
      };
    } catch (error) {
      if (error instanceof Error && error.name === 'NotFoundException') return { confirmed: 0, unconfirmed: 0 };
      throw error;
    }
  };
}
