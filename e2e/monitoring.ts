import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  PutMetricDataCommand,
  type MetricDatum,
} from '@aws-sdk/client-cloudwatch';
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { metricDimensions, metricsNamespace } from '../lambda/contract/metrics.ts';
import { clientSettings } from './account.ts';
import type { Emulator } from './emulator/emulator.ts';

const notificationSchema = z.object({ Message: z.string() });
const messageSchema = z.object({ AlarmName: z.string(), NewStateValue: z.string() });

/** What CloudWatch says when an alarm changes its state. */
export type AlarmMessage = z.output<typeof messageSchema>;

/** The emulated CloudWatch and whoever listens to it. */
export class Monitoring {
  readonly #cloudWatch: CloudWatchClient;
  readonly #sns: SNSClient;
  readonly #sqs: SQSClient;

  constructor(emulator: Emulator) {
    const settings = clientSettings(emulator);
    this.#cloudWatch = new CloudWatchClient(settings);
    this.#sns = new SNSClient(settings);
    this.#sqs = new SQSClient(settings);
  }

  /** Publishes what a log carries in embedded metric format: CloudWatch does so by itself, the emulator does not. Returns how many values. */
  async publish(lines: readonly Record<string, unknown>[]): Promise<number> {
    const data = lines.flatMap(dataOf);
    for (let first = 0; first < data.length; first += 1000) {
      const MetricData = data.slice(first, first + 1000);
      await this.#cloudWatch.send(new PutMetricDataCommand({ Namespace: metricsNamespace, MetricData }));
    }
    return data.length;
  }

  /** The states of the alarms whose names begin so, by the rest of their names. */
  async alarmStates(prefix: string): Promise<Readonly<Record<string, string | undefined>>> {
    const { MetricAlarms = [], CompositeAlarms = [] } = await this.#cloudWatch.send(
      new DescribeAlarmsCommand({ AlarmNamePrefix: prefix, AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }),
    );
    const states = [...MetricAlarms, ...CompositeAlarms].map(
      ({ AlarmName = '', StateValue }) => [AlarmName.slice(prefix.length), StateValue] as const,
    );
    return Object.fromEntries(states);
  }

  /** Subscribes a queue of its own to a topic, and returns the queue's URL. */
  async listen(topicArn: string): Promise<string> {
    const { QueueUrl } = await this.#sqs.send(new CreateQueueCommand({ QueueName: 'on-call' }));
    const { Attributes } = await this.#sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    );
    if (!QueueUrl || !Attributes?.QueueArn) throw new Error('the queue has no URL or no ARN');
    const Policy = JSON.stringify(lettingIn(topicArn, Attributes.QueueArn));
    await this.#sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
    await this.#sns.send(new SubscribeCommand({ TopicArn: topicArn, Protocol: 'sqs', Endpoint: Attributes.QueueArn }));
    return QueueUrl;
  }

  /** The alarm messages that wait in a queue, each returned once. */
  async messages(queueUrl: string): Promise<AlarmMessage[]> {
    const { Messages = [] } = await this.#sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, VisibilityTimeout: 3600 }),
    );
    return Messages.map(({ Body = '{}' }) =>
      messageSchema.parse(JSON.parse(notificationSchema.parse(JSON.parse(Body)).Message)),
    );
  }
}

function lettingIn(topicArn: string, queueArn: string): object {
  const Statement = {
    Effect: 'Allow',
    Principal: { Service: 'sns.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: queueArn,
    Condition: { ArnEquals: { 'aws:SourceArn': topicArn } },
  };
  return { Version: '2012-10-17', Statement };
}

const directiveSchema = z.object({
  _aws: z.object({
    CloudWatchMetrics: z.array(
      z.object({ Dimensions: z.array(z.array(z.string())), Metrics: z.array(z.object({ Name: z.string() })) }),
    ),
  }),
});

function dataOf(line: Record<string, unknown>): MetricDatum[] {
  const { CloudWatchMetrics } = directiveSchema.parse(line)._aws;
  return CloudWatchMetrics.flatMap(({ Dimensions, Metrics }) =>
    Dimensions.flatMap((names) =>
      Metrics.map(({ Name }) => ({
        MetricName: Name,
        Dimensions: names.map((name) => ({ Name: name, Value: String(line[name]) })),
        Value: Number(line[Name]),
      })),
    ),
  );
}

/** Whether a line is about a plan as a whole. */
export function isOfPlan(line: Record<string, unknown>): boolean {
  return metricDimensions.plan in line && !(metricDimensions.table in line);
}
