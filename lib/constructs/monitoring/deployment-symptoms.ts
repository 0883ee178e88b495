import { Duration } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { watchDeploymentMetrics } from '../../../lambda/contract/metrics.ts';
import { deploymentGauge, lookInterval } from './gauges.ts';
import type { Symptom } from './symptom.ts';

/** Metrics of AWS services come by the minute, and say nothing while nothing happens. */
const serviceMetric = { period: Duration.minutes(5) };

/** > The first subscriber has an hour to confirm the subscription, everybody else a day. */
const timeToConfirm = { first: Duration.hours(1), all: Duration.days(1) };

/** A queue whose messages nobody could handle. */
export interface DeadLetters {
  /** Tells it from the other queues of the deployment, such as `backup-runs`. */
  readonly id: string;
  /** What its messages are, such as `backup runs that failed for good`. */
  readonly of: string;
  readonly queue: IQueue;
}

/** Both queues of a stack: what never started, and what failed for good. */
export function deadLettersOf(
  jobs: string,
  { undelivered, failedRuns }: { readonly undelivered: IQueue; readonly failedRuns: IQueue },
): readonly DeadLetters[] {
  return [
    { id: `${jobs}-events`, of: `${jobs} runs that never started`, queue: undelivered },
    { id: `${jobs}-runs`, of: `${jobs} runs that failed for good`, queue: failedRuns },
  ];
}

/** Each queue has an alarm of its own, so that it says where to look; all have one heading in the runbook. */
export function deadLetterSymptom({ id, of, queue }: DeadLetters): Symptom {
  return {
    name: 'dead-letters',
    detail: id,
    means: `There are ${of}, in queue ${queue.queueName}.`,
    metric: queue.metricApproximateNumberOfMessagesVisible({ ...serviceMetric, statistic: Stats.MAXIMUM }),
    promise: { atMost: 0 },
    silence: 'fine',
  };
}

/** Scheduler gave up on an event, whether or not the queue for such events could take it. */
export function droppedInvocationsSymptom(scheduleGroup: string): Symptom {
  return {
    name: 'invocations-dropped',
    detail: scheduleGroup,
    means: `EventBridge Scheduler could not start a run of group ${scheduleGroup} and gave up on it.`,
    metric: new Metric({
      ...serviceMetric,
      namespace: 'AWS/Scheduler',
      metricName: 'InvocationDroppedCount',
      dimensionsMap: { ScheduleGroup: scheduleGroup },
      statistic: Stats.SUM,
    }),
    promise: { atMost: 0 },
    silence: 'fine',
  };
}

/** Its first failure is tried again; one look that fails for good leaves gauges out, and three in a row are no accident. A watch that never worked is known by this alone. */
export function watchFailingSymptom(watch: IFunction): Symptom {
  return {
    name: 'watch-failing',
    means: 'The watch function runs and fails, so some gauges are not published.',
    metric: watch.metricErrors({ period: lookInterval, statistic: Stats.SUM }),
    promise: { atMost: 0 },
    silence: 'fine',
    lasting: Duration.minutes(3 * lookInterval.toMinutes()),
  };
}

/** The dead man's switch: it speaks up when nothing is said. */
export const heartbeatSymptom: Symptom = {
  name: 'watch-silent',
  detail: 'heartbeat',
  means:
    'The watch function has not seen everything for three quarters of an hour: nobody knows how all the backups are.',
  metric: deploymentGauge(watchDeploymentMetrics.heartbeat, 'least'),
  promise: { atLeast: 1 },
  silence: 'broken',
};

/** Whether anybody hears what is sent to the topic. */
export const audienceSymptoms: readonly Symptom[] = [
  {
    name: 'nobody-listens',
    means: 'For an hour no subscription of the alarm topic was confirmed, so nobody hears an alarm.',
    metric: deploymentGauge(watchDeploymentMetrics.confirmedSubscriptions, 'least'),
    promise: { atLeast: 1 },
    silence: 'fine',
    lasting: timeToConfirm.first,
  },
  {
    name: 'subscription-unconfirmed',
    means:
      'A subscription of the alarm topic has not been confirmed for a day, so somebody who should hear alarms does not.',
    metric: deploymentGauge(watchDeploymentMetrics.unconfirmedSubscriptions),
    promise: { atMost: 0 },
    silence: 'fine',
    lasting: timeToConfirm.all,
  },
];
