import { Duration, Stack, TimeZone } from 'aws-cdk-lib';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import {
  type IScheduleGroup,
  Schedule,
  ScheduleExpression,
  ScheduleTargetInput,
  TimeWindow,
} from 'aws-cdk-lib/aws-scheduler';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { scheduleContext } from '../../lambda/contract/schedule-event.ts';
import { scheduleName } from '../../lambda/contract/schedules.ts';
import type { Plan } from '../../lambda/domain/plan.ts';
import { encryptedQueueStatements } from '../permissions/key-access.ts';
import type { Job } from './jobs.ts';

/** When a job runs, and what it is told. */
export interface JobTiming {
  /** First part of the schedule's name: that of a plan. */
  readonly name: string;
  /** What the event carries beside the slot. */
  readonly input: Readonly<Record<string, unknown>>;
  /** An expression of EventBridge Scheduler. */
  readonly expression: string;
  /** IANA time zone of the expression. */
  readonly timeZone: string;
  /** @default - runs start on time */
  readonly flexibleWindowMinutes?: number | undefined;
}

/** The event of a schedule that runs a job for one plan. */
export function planInput(plan: Plan): Pick<JobTiming, 'name' | 'input'> {
  return { name: plan.name, input: { plan } };
}

export interface JobSchedulesProps {
  readonly job: Job;
  readonly function: IFunction;
  readonly group: IScheduleGroup;
  readonly timings: readonly JobTiming[];
  /** Receives events that could not be delivered to the function. */
  readonly undelivered: IQueue;
  readonly encryptionKey?: IKey | undefined;
}

/** The schedules of one job and the role they start its function with. */
export class JobSchedules extends Construct {
  constructor(scope: Construct, id: string, props: JobSchedulesProps) {
    super(scope, id);
    const role = new Role(this, 'Role', {
      description: `Starts the ${props.job} function on schedule`,
      assumedBy: schedulesOf(props.group),
      inlinePolicies: { Deliver: new PolicyDocument({ statements: deliverStatements(props) }) },
    });
    for (const timing of props.timings) this.addSchedule(timing, role, props);
  }

  private addSchedule(
    timing: JobTiming,
    role: Role,
    { job, group, function: { functionArn }, undelivered }: JobSchedulesProps,
  ) {
    const { name, input, expression, timeZone, flexibleWindowMinutes } = timing;
    new Schedule(this, name, {
      scheduleName: scheduleName(name, job),
      scheduleGroup: group,
      description: `Runs ${job} for plan ${name}`,
      schedule: ScheduleExpression.expression(expression, TimeZone.of(timeZone)),
      timeWindow: flexibleWindowMinutes
        ? TimeWindow.flexible(Duration.minutes(flexibleWindowMinutes))
        : TimeWindow.off(),
      target: {
        bind: () => ({
          arn: functionArn,
          role,
          input: eventOf(input),
          retryPolicy,
          deadLetterConfig: { arn: undelivered.queueArn },
        }),
      },
    });
  }
}

/** For how long Scheduler tries to deliver an event. */
export const longestDelivery = Duration.hours(1);

/**
 * Scheduler only hands the event to Lambda's queue, so a retry is for the minutes in which Lambda takes none. Scheduler's own default,
 * 185 tries over 24 hours, would start yesterday's backup today; after an hour the event goes to the dead-letter queue instead, where
 * it can be seen, and the next slot makes up for it.
 */
const retryPolicy = { maximumRetryAttempts: 5, maximumEventAgeInSeconds: longestDelivery.toSeconds() };

/** The event says what to do: the whole plan, and the slot, which Scheduler fills in. */
function eventOf(input: JobTiming['input']): ScheduleTargetInput {
  return ScheduleTargetInput.fromObject({ ...input, ...scheduleContext });
}

/** Scheduler, but only for schedules of this group of this account: nobody else's schedule can borrow the role. */
function schedulesOf(group: IScheduleGroup): ServicePrincipal {
  return new ServicePrincipal('scheduler.amazonaws.com', {
    conditions: {
      StringEquals: { 'aws:SourceAccount': Stack.of(group).account, 'aws:SourceArn': group.scheduleGroupArn },
    },
  });
}

function deliverStatements({
  function: { functionArn },
  undelivered,
  encryptionKey,
}: JobSchedulesProps): PolicyStatement[] {
  return [
    new PolicyStatement({ sid: 'StartJob', actions: ['lambda:InvokeFunction'], resources: [functionArn] }),
    new PolicyStatement({ sid: 'ReportUndelivered', actions: ['sqs:SendMessage'], resources: [undelivered.queueArn] }),
    ...encryptedQueueStatements(encryptionKey),
  ];
}
