import { CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import {
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ScanCommand,
  UpdateTableCommand,
} from '@aws-sdk/client-dynamodb';
import {
  GetDurableExecutionCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListDurableExecutionsByFunctionCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionUpdatedV2,
} from '@aws-sdk/client-lambda';
import { GetScheduleCommand, SchedulerClient, UpdateScheduleCommand } from '@aws-sdk/client-scheduler';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { allPlans, scheduleGroupName, scheduleName } from '../lambda/contract/schedules.ts';
import { clientSettings } from './account.ts';
import type { Deployment } from './cdk.ts';
import type { Emulator } from './emulator/emulator.ts';
import { owner, planName } from './environment.ts';

const eventSchema = z.object({ plan: z.looseObject({ name: z.string() }), slot: z.string(), schedule: z.string() });

/** The jobs that have a schedule for each plan. */
export type PlanJob = 'backup' | 'prune' | 'drill-start';

/** The event a schedule delivers, as it was deployed. */
export type ScheduleEvent = z.output<typeof eventSchema>;

/** What was deployed, as its operator sees it through the AWS SDK. */
export class DeployedApp {
  readonly deployment: Deployment;
  readonly #dynamodb: DynamoDBClient;
  readonly #lambda: LambdaClient;
  readonly #logs: CloudWatchLogsClient;
  readonly #scheduler: SchedulerClient;
  readonly #sqs: SQSClient;

  constructor(deployment: Deployment, emulator: Emulator) {
    const settings = clientSettings(emulator);
    this.deployment = deployment;
    this.#dynamodb = new DynamoDBClient(settings);
    this.#lambda = new LambdaClient(settings);
    this.#logs = new CloudWatchLogsClient(settings);
    this.#scheduler = new SchedulerClient(settings);
    this.#sqs = new SQSClient(settings);
  }

  async runtime(functionName: string): Promise<string | undefined> {
    return (await this.#configuration(functionName)).Runtime;
  }

  /** Whether the ledger refuses to be deleted. */
  async isLedgerProtected(): Promise<boolean> {
    const { Table } = await this.#dynamodb.send(
      new DescribeTableCommand({ TableName: this.deployment.LedgerTableName }),
    );
    return Table?.DeletionProtectionEnabled ?? false;
  }

  /** The event of a job's schedule, with its context attributes not yet filled in. */
  async scheduleEvent(job: PlanJob): Promise<ScheduleEvent> {
    const { Target } = await this.#scheduler.send(new GetScheduleCommand(this.#schedule(job)));
    return eventSchema.parse(JSON.parse(Target?.Input ?? '{}'));
  }

  /** The event of the schedule that looks after all plans. */
  async watchEvent(): Promise<object> {
    const name = { GroupName: scheduleGroupName.monitoring(owner), Name: scheduleName(allPlans, 'watch') };
    const { Target } = await this.#scheduler.send(new GetScheduleCommand(name));
    const { plans } = z.object({ plans: z.array(z.unknown()) }).parse(JSON.parse(Target?.Input ?? '{}'));
    return { plans };
  }

  /** Stops the backups, as an operator would. */
  async pauseBackups(): Promise<void> {
    const { ScheduleExpression, FlexibleTimeWindow, Target } = await this.#scheduler.send(
      new GetScheduleCommand(this.#schedule('backup')),
    );
    await this.#scheduler.send(
      new UpdateScheduleCommand({
        ...this.#schedule('backup'),
        ScheduleExpression,
        FlexibleTimeWindow,
        Target,
        State: 'DISABLED',
      }),
    );
  }

  /** The metrics a function wrote into its log, in embedded metric format. */
  async metricsInLog(functionName: string): Promise<Record<string, unknown>[]> {
    const { LoggingConfig } = await this.#configuration(functionName);
    const lines: string[] = [];
    const pages = paginateFilterLogEvents({ client: this.#logs }, { logGroupName: LoggingConfig?.LogGroup });
    for await (const { events } of pages) lines.push(...(events ?? []).map(({ message }) => message ?? ''));
    return lines.flatMap(embeddedMetrics);
  }

  /** Ends the processes of a function, by giving it one megabyte more: what it remembers from run to run is gone. */
  async restart(functionName: string): Promise<void> {
    const { MemorySize = 128 } = await this.#configuration(functionName);
    await this.#lambda.send(
      new UpdateFunctionConfigurationCommand({ FunctionName: functionName, MemorySize: MemorySize + 1 }),
    );
    await waitUntilFunctionUpdatedV2({ client: this.#lambda, maxWaitTime: 30 }, { FunctionName: functionName });
  }

  /** What the one drill that was started returned, as JSON; `undefined` while it runs. Throws when it ended without a result. */
  async drillResult(): Promise<string | undefined> {
    const { DurableExecutions = [] } = await this.#lambda.send(
      new ListDurableExecutionsByFunctionCommand({ FunctionName: this.deployment.DrillFunctionName, Qualifier: '1' }),
    );
    const [execution, ...more] = DurableExecutions;
    if (!execution || more.length > 0) throw new Error(`${DurableExecutions.length} drills instead of one`);
    const {
      Status,
      Result,
      Error: error,
    } = await this.#lambda.send(new GetDurableExecutionCommand({ DurableExecutionArn: execution.DurableExecutionArn }));
    if (Status === 'RUNNING') return undefined;
    if (Result === undefined) throw new Error(`the drill is ${String(Status)}: ${error?.ErrorMessage ?? ''}`);
    return Result;
  }

  /** The next message of the queue failed runs end in; `undefined` when there is none yet. */
  async nextFailedRun(): Promise<string | undefined> {
    const { Messages } = await this.#sqs.send(new ReceiveMessageCommand({ QueueUrl: this.deployment.FailedRunsUrl }));
    return Messages?.[0]?.Body;
  }

  async ledgerRecords(): Promise<number> {
    const { Count } = await this.#dynamodb.send(
      new ScanCommand({ TableName: this.deployment.LedgerTableName, Select: 'COUNT', ConsistentRead: true }),
    );
    return Count ?? 0;
  }

  /** Deletes the ledger for good. Nobody can by accident: its protection has to be lifted first. */
  async deleteLedger(): Promise<void> {
    const TableName = this.deployment.LedgerTableName;
    await this.#dynamodb.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: false }));
    await this.#dynamodb.send(new DeleteTableCommand({ TableName }));
  }

  async #configuration(functionName: string) {
    return await this.#lambda.send(new GetFunctionConfigurationCommand({ FunctionName: functionName }));
  }

  #schedule(job: PlanJob) {
    const GroupName = job === 'drill-start' ? scheduleGroupName.drill(owner) : this.deployment.ScheduleGroupName;
    return { GroupName, Name: `${planName}-${job}` };
  }
}

function embeddedMetrics(line: string): Record<string, unknown>[] {
  if (!line.includes('"CloudWatchMetrics"')) return [];
  return [z.looseObject({}).parse(JSON.parse(line))];
}
