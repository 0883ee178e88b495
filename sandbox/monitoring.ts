import { AwsError } from './aws-error.ts';
import type { VirtualClock } from './clock.ts';
import { alarmInvocation, alarmMessage, stateChangeDetail } from './cloudwatch/alarm-notice.ts';
import type { Transition } from './cloudwatch/alarm.ts';
import { Alarms } from './cloudwatch/alarms.ts';
import { cloudWatchService } from './cloudwatch/cloudwatch-service.ts';
import { Dashboards } from './cloudwatch/dashboards.ts';
import type { Metrics } from './cloudwatch/metrics.ts';
import { EventBus } from './events/event-bus.ts';
import { eventsService } from './events/events-service.ts';
import type { Service } from './front.ts';
import type { Roles } from './iam/roles.ts';
import type { Keys } from './kms.ts';
import { randomStream } from './random.ts';
import { snsService } from './sns/sns-service.ts';
import { Topics } from './sns/topics.ts';

interface MonitoringParts {
  readonly clock: VirtualClock;
  readonly seed: number | string;
  readonly region: string;
  readonly accountId: string;
  readonly metrics: Metrics;
  readonly metricDelayMs: number;
  readonly keys: Keys;
  readonly sendToQueue: (arn: string, body: string) => void;
  /** Throws an AwsError when there is no such function. */
  readonly sendToFunction: (arn: string, payload: string) => void;
}

/** Services that an alarm may have act upon it beside topics and functions; what they then do is not modelled. */
const otherActors = new Set(['ssm', 'ssm-incidents', 'autoscaling', 'automate', 'swf', 'aiops']);

/** What watches a Region of the account and tells of it: alarms, dashboards, topics, and the event bus, joined as AWS joins them. */
export class Monitoring {
  readonly #parts: MonitoringParts;
  readonly alarms: Alarms;
  readonly dashboards: Dashboards;
  readonly topics: Topics;
  readonly bus: EventBus;

  constructor(parts: MonitoringParts) {
    this.#parts = parts;
    const { clock, seed, region, accountId, keys, metrics, metricDelayMs, sendToQueue, sendToFunction } = parts;
    this.dashboards = new Dashboards(accountId);
    const topicRandom = randomStream(seed, 'topics');
    this.topics = new Topics({ clock, random: topicRandom, region, accountId, keys, sendToQueue, sendToFunction });
    this.bus = new EventBus({
      clock,
      random: randomStream(seed, 'events'),
      region,
      accountId,
      deliver: (arn, payload, ruleArn) => { this.#deliver(arn, payload, ruleArn); }, // prettier-ignore
      sendToDeadLetters: sendToQueue,
    });
    this.alarms = new Alarms({
      clock,
      region,
      accountId,
      metrics,
      metricDelayMs,
      act: (action, transition) => { this.#act(action, transition); }, // prettier-ignore
      changed: (transition) => { this.#announce(transition); }, // prettier-ignore
    });
  }

  services(roles: Roles): Service[] {
    const { clock, metrics, accountId } = this.#parts;
    const { alarms, dashboards, topics } = this;
    return [
      cloudWatchService({ clock, metrics, alarms, dashboards }),
      snsService({ topics, roles, accountId }),
      eventsService(this.bus),
    ];
  }

  #act(action: string, transition: Transition): void {
    const [, , service = ''] = action.split(':');
    if (service === 'sns') {
      const { subject, message } = alarmMessage(transition, this.#parts);
      this.topics.publishAs('cloudwatch.amazonaws.com', transition.alarm.arn, action, { subject, message });
    } else if (service === 'lambda') this.#parts.sendToFunction(action, alarmInvocation(transition, this.#parts));
    else if (!otherActors.has(service))
      throw new AwsError('InvalidParameterValue', `the sandbox knows no action ${action}`);
  }

  #announce(transition: Transition): void {
    this.bus.put({
      source: 'aws.cloudwatch',
      detailType: 'CloudWatch Alarm State Change',
      resources: [transition.alarm.arn],
      detail: stateChangeDetail(transition),
    });
  }

  #deliver(targetArn: string, payload: string, ruleArn: string): void {
    const [, , service] = targetArn.split(':');
    if (service === 'sqs') this.#parts.sendToQueue(targetArn, payload);
    else if (service === 'lambda') this.#parts.sendToFunction(targetArn, payload);
    else if (service === 'sns') this.topics.publishAs('events.amazonaws.com', ruleArn, targetArn, { message: payload });
    else throw new AwsError('InvalidParameterValue', `the sandbox cannot deliver events to ${targetArn}`);
  }
}
