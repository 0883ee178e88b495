import type { Duration } from 'aws-cdk-lib';
import type { IAlarmAction } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';

/** Who hears of an alarm. */
export interface NotifyProps {
  /**
   * Addresses that get every alarm and the weekly summary. Each has to confirm its subscription, or hears nothing.
   *
   * @default - nobody by e-mail
   */
  readonly emails?: readonly string[];

  /**
   * A topic of your own. Its policy must let CloudWatch publish to it.
   *
   * @default - an encrypted topic of the deployment
   */
  readonly topic?: ITopic;

  /**
   * A Slack channel, through AWS Chatbot. The workspace has to be authorized once in its console.
   *
   * @default - no channel
   */
  readonly slack?: { readonly workspaceId: string; readonly channelId: string };

  /**
   * What else an alarm does.
   *
   * @default - nothing else
   */
  readonly actions?: readonly IAlarmAction[];

  /**
   * When the summary is sent (docs/summary.md), as an expression of EventBridge Scheduler in UTC; `false` for never.
   *
   * @default 'cron(0 7 ? * MON *)'
   */
  readonly weeklySummary?: string | false;
}

/** What is watched, and in which detail. */
export interface MonitoringProps {
  /**
   * `table` publishes the gauges that matter per table as well, `plan` only the worst case of each plan.
   *
   * @default 'table'
   */
  readonly detail?: 'plan' | 'table';

  /**
   * How long before a restore is expected to take longer than its objective an alarm says so. Whole days.
   *
   * @default Duration.days(30)
   */
  readonly forecast?: Duration;

  /**
   * Where the runbook is read: each alarm points to its own heading there.
   *
   * @default - docs/runbook.md of the project, as a relative path
   */
  readonly runbookUrl?: string;

  /**
   * Whether there is a dashboard, 3 USD a month beyond the third of an account.
   *
   * @default true
   */
  readonly dashboard?: boolean;

  /**
   * Prices for `EstimatedMonthlyCost`, in US dollars.
   *
   * @default - list prices of us-east-1: 0.10 per GB and month stored, 0.15 per GB restored
   */
  readonly prices?: { readonly storagePerGigabyteMonth?: number; readonly restorePerGigabyte?: number };
}
