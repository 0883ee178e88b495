import { Annotations, Stack } from 'aws-cdk-lib';
import { LoggingLevel, SlackChannelConfiguration } from 'aws-cdk-lib/aws-chatbot';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { ManagedPolicy, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { NotifyProps } from '../../monitoring-props.ts';

export interface NotificationsProps extends Pick<NotifyProps, 'emails' | 'topic' | 'slack' | 'actions'> {
  /** Short stable id of the deployment. */
  readonly owner: string;
  /** @default - the topic is not encrypted, for CloudWatch cannot use the key that AWS manages for SNS */
  readonly encryptionKey?: IKey | undefined;
}

/** Who hears an alarm, and what else it does. */
export class Notifications extends Construct {
  /** Whoever may publish to it needs the key as well: `topic.grantPublish` gives both. */
  readonly topic: ITopic;
  /** What every alarm that calls somebody does. */
  readonly actions: readonly IAlarmAction[];
  /** Whether alarms are heard through the topic, so that somebody has to be subscribed to it. */
  readonly needsSubscribers: boolean;
  /** Whether somebody is meant to read what is sent to the topic. */
  readonly isHeard: boolean;

  constructor(scope: Construct, id: string, props: NotificationsProps) {
    super(scope, id);
    const { emails = [], slack, actions = [] } = props;
    this.topic = props.topic ?? this.ownTopic(props);
    this.actions = [new SnsAction(this.topic), ...actions];
    this.isHeard = emails.length > 0 || slack !== undefined || props.topic !== undefined;
    this.needsSubscribers = this.isHeard || actions.length === 0;
    for (const email of emails) this.topic.addSubscription(new EmailSubscription(email));
    if (slack) this.addSlack(slack, props.owner);
    if (!this.isHeard && actions.length === 0) this.warnOfSilence();
  }

  private ownTopic({ encryptionKey }: NotificationsProps): Topic {
    const topic = new Topic(this, 'Topic', {
      displayName: 'DynamoDB backups',
      enforceSSL: true,
      ...(encryptionKey && { masterKey: encryptionKey }),
    });
    topic.addToResourcePolicy(
      new PolicyStatement({ ...this.cloudWatch('Alarms'), actions: ['sns:Publish'], resources: [topic.topicArn] }),
    );
    if (encryptionKey) this.allowKey(encryptionKey);
    return topic;
  }

  /** CloudWatch publishes in its own name, so the key must let it in (source: "Encrypting messages published to SNS: event sources"). */
  private allowKey(key: IKey): void {
    const { statementAdded } = key.addToResourcePolicy(
      new PolicyStatement({
        ...this.cloudWatch('AlarmTopic'),
        actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
        resources: ['*'],
      }),
    );
    if (statementAdded) return;
    Annotations.of(this).addWarningV2(
      'dynamodb-backups:encryptionKey',
      'the policy of a key that is not of this app cannot be changed here: unless it lets cloudwatch.amazonaws.com use kms:Decrypt and kms:GenerateDataKey*, no alarm is ever sent',
    );
  }

  /** CloudWatch, but only for alarms of this account: nobody else's alarm can be sent through the topic. */
  private cloudWatch(sid: string) {
    return {
      sid,
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
    };
  }

  /** The channel reads what is sent to it; nobody can run a command from there. */
  private addSlack({ workspaceId, channelId }: NonNullable<NotifyProps['slack']>, owner: string): void {
    new SlackChannelConfiguration(this, 'Slack', {
      slackChannelConfigurationName: `dynamodb-backups-${owner}`,
      slackWorkspaceId: workspaceId,
      slackChannelId: channelId,
      notificationTopics: [this.topic],
      guardrailPolicies: [ManagedPolicy.fromAwsManagedPolicyName('AWSDenyAll')],
      loggingLevel: LoggingLevel.ERROR,
    });
  }

  private warnOfSilence(): void {
    Annotations.of(this).addWarningV2(
      'dynamodb-backups:notify',
      "nobody hears an alarm: say who, such as notify: { emails: ['oncall@example.com'] }",
    );
  }
}
