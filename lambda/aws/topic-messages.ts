import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Message } from '../domain/summary/message.ts';

/** Sends messages to whoever is subscribed to a topic. Throws when SNS does not take one. */
export function publishTo(client: SNSClient, topicArn: string): (message: Message) => Promise<void> {
  return async ({ subject, text }) => {
    await client.send(new PublishCommand({ TopicArn: topicArn, Subject: subject, Message: text }));
  };
}
