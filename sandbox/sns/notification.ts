/** A published message on its way to subscribers. */
export interface Notification {
  readonly messageId: string;
  readonly topicArn: string;
  readonly subject: string | undefined;
  readonly message: string;
  readonly at: number;
}

/** The JSON in which a message travels, unless it is delivered raw. Source: SNS developer guide, sns-message-and-json-formats. */
export function envelope({ messageId, topicArn, subject, message, at }: Notification): string {
  return JSON.stringify({
    Type: 'Notification',
    MessageId: messageId,
    TopicArn: topicArn,
    ...(subject !== undefined && { Subject: subject }),
    Message: message,
    Timestamp: new Date(at).toISOString(),
    SignatureVersion: '1',
    Signature: 'sandbox',
    SigningCertURL: 'https://sns.amazonaws.com/sandbox.pem',
    UnsubscribeURL: 'https://sns.amazonaws.com/?Action=Unsubscribe',
  });
}

/** The event that a subscribed function gets. Source: Lambda developer guide, with-sns. */
export function lambdaEvent(
  { messageId, topicArn, subject, message, at }: Notification,
  subscriptionArn: string,
): string {
  const Sns = {
    Type: 'Notification',
    MessageId: messageId,
    TopicArn: topicArn,
    Subject: subject ?? null,
    Message: message,
    Timestamp: new Date(at).toISOString(),
    SignatureVersion: '1',
    Signature: 'sandbox',
    SigningCertUrl: 'https://sns.amazonaws.com/sandbox.pem',
    UnsubscribeUrl: 'https://sns.amazonaws.com/?Action=Unsubscribe',
    MessageAttributes: {},
  };
  const record = { EventSource: 'aws:sns', EventVersion: '1.0', EventSubscriptionArn: subscriptionArn, Sns };
  return JSON.stringify({ Records: [record] });
}
