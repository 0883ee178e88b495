import { Annotations, type CfnElement, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Policy, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  Architecture,
  type CfnFunction,
  type DurableConfig,
  Function as LambdaFunction,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { metricsNamespace } from '../../lambda/contract/metrics.ts';
import { assertPolicyFits } from '../permissions/policy-size.ts';
import { acknowledgeWildcard, acknowledgeWildcards } from '../permissions/wildcards.ts';
import { bundledCode } from './bundled-code.ts';
import type { Job } from './jobs.ts';

/** Names are fixed, so that the deployment's key can allow the log groups of functions that come later. */
export function logGroupName(owner: string, job: Job): string {
  return `/dynamodb-backups/${owner}/${job}`;
}

export interface JobFunctionProps {
  readonly job: Job;
  readonly description: string;
  readonly environment: Readonly<Record<string, string>>;
  /** What the job may do beyond writing its log, reporting a failed run and continuing itself. */
  readonly statements: readonly PolicyStatement[];
  readonly logGroupName: string;
  readonly logRetention: RetentionDays;
  /** @default - a name that CloudFormation gives */
  readonly roleName?: string | undefined;
  /** Receives the event of a run that failed for good. */
  readonly failedRuns: IQueue;
  readonly encryptionKey?: IKey | undefined;
  /** @default - none reserved */
  readonly reservedConcurrency?: number | undefined;
  /** Makes the function a durable one: its executions outlive its processes. It continues by itself, and may write its checkpoints. */
  readonly durable?: DurableConfig;
}

/** Jobs that hand what they did not get to to another run of themselves. */
const continuing: ReadonlySet<Job> = new Set(['backup', 'prune']);

/** One job as a function: its code, its role and its log, and what becomes of a run that fails. */
export class JobFunction extends Construct {
  readonly function: LambdaFunction;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: JobFunctionProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Log', {
      logGroupName: props.logGroupName,
      retention: props.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(props.encryptionKey && { encryptionKey: props.encryptionKey }),
    });
    this.role = new Role(this, 'Role', {
      ...(props.roleName !== undefined && { roleName: props.roleName }),
      description: props.description,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      inlinePolicies: {
        Job: new PolicyDocument({
          statements: [...props.statements, writeLog(logGroup), reportFailure(props.failedRuns)],
        }),
      },
    });
    assertPolicyFits(Stack.of(this), props.job, props.statements);
    acknowledgeWildcards(this.role, props.statements);
    this.function = new LambdaFunction(this, 'Function', {
      description: props.description,
      code: bundledCode(this, props.job),
      ...codeSettings,
      ...runSettings,
      ...(props.durable ? {} : { ...retries, onFailure: { bind: () => ({ destination: props.failedRuns.queueArn }) } }),
      role: this.role,
      logGroup,
      environment: { ...props.environment, ...powertoolsEnvironment(props.job) },
      ...(props.reservedConcurrency !== undefined && { reservedConcurrentExecutions: props.reservedConcurrency }),
      ...(props.durable && { durableConfig: props.durable, currentVersionOptions: kept }),
    });
    if (props.durable) {
      Annotations.of(this.function).acknowledgeInfo(
        'aws-lambda:Function.DurableConfig',
        'it is durable from its first deployment on',
      );
      this.reportLostEvents(props.failedRuns);
      this.allowCheckpoints();
    } else if (continuing.has(props.job)) this.allowContinuation();
  }

  /** A durable function knows no on-failure destination (source: "Durable functions: error handling"); its dead-letter queue gets what never ran. */
  private reportLostEvents(queue: IQueue): void {
    const resource = this.function.node.defaultChild as CfnFunction;
    resource.deadLetterConfig = { targetArn: queue.queueArn };
  }

  /** A durable run writes what it has done, and reads it back when it goes on (source: "Security and permissions for Lambda durable functions"). */
  private allowCheckpoints(): void {
    new Policy(this, 'Checkpoints', {
      roles: [this.role],
      statements: [
        new PolicyStatement({
          sid: 'Checkpoint',
          actions: ['lambda:CheckpointDurableExecution', 'lambda:GetDurableExecutionState'],
          resources: [`${this.function.functionArn}:*`],
        }),
      ],
    });
    acknowledgeWildcard(this, `<${this.functionLogicalId()}.Arn>:*`, 'the executions of any version of the function');
  }

  private functionLogicalId(): string {
    return Stack.of(this).getLogicalId(this.function.node.defaultChild as CfnElement);
  }

  /**
   * A run that is out of time invokes its own function with the rest. The permission is a policy of its own, because a role that
   * names the function cannot be created before it.
   */
  private allowContinuation(): void {
    new Policy(this, 'Continuation', {
      roles: [this.role],
      statements: [
        new PolicyStatement({
          sid: 'Continue',
          actions: ['lambda:InvokeFunction'],
          resources: [this.function.functionArn],
        }),
      ],
    });
  }
}

const codeSettings = { handler: 'index.handler', runtime: Runtime.NODEJS_24_X, architecture: Architecture.ARM_64 };

/**
 * A run may take as long as Lambda allows, for it stops itself in time. Memory holds the listing of a large account. A failed run is
 * tried twice more; one that could not start within the hour is left to the next slot.
 */
const runSettings = {
  timeout: Duration.minutes(15),
  memorySize: 1024,
} as const;
const retries = { retryAttempts: 2, maxEventAge: Duration.hours(1) } as const;

/** An execution ends with the version it began with, so a deployment must not take that version away. */
const kept = { removalPolicy: RemovalPolicy.RETAIN };

function powertoolsEnvironment(job: Job): Record<string, string> {
  return {
    POWERTOOLS_SERVICE_NAME: job,
    POWERTOOLS_METRICS_NAMESPACE: metricsNamespace,
    POWERTOOLS_LOG_LEVEL: 'INFO',
  };
}

function writeLog(logGroup: LogGroup): PolicyStatement {
  return new PolicyStatement({
    sid: 'WriteLog',
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    resources: [logGroup.logGroupArn],
  });
}

function reportFailure(queue: IQueue): PolicyStatement {
  return new PolicyStatement({ sid: 'ReportFailedRun', actions: ['sqs:SendMessage'], resources: [queue.queueArn] });
}
