import { usualBackupCreationMs, usualLatencyMs, type AccountOptions, type LoadedFunction } from './account-options.ts';
import { AutoScaling } from './auto-scaling.ts';
import { AwsError } from './aws-error.ts';
import { AwsBackup } from './backup/aws-backup.ts';
import { GlobalSettings } from './backup/global-settings.ts';
import { usualJobTime } from './backup/job-time.ts';
import { readAssembly } from './cloudformation/assembly.ts';
import { deployStack, type DeployedStack } from './cloudformation/stack.ts';
import { VirtualClock } from './clock.ts';
import type { Alarms } from './cloudwatch/alarms.ts';
import { Metrics } from './cloudwatch/metrics.ts';
import type { StoredBackup } from './dynamodb/stored-backup.ts';
import { DynamoDb } from './dynamodb/dynamodb.ts';
import { usualRestoreTime } from './dynamodb/restore-time.ts';
import type { Table } from './dynamodb/table.ts';
import { publishedQuotas } from './dynamodb/tables.ts';
import type { EventBus } from './events/event-bus.ts';
import { Faults } from './faults.ts';
import { Front, outsider, type ApiCall, type Caller, type FrontResponse, type Service } from './front.ts';
import { Roles } from './iam/roles.ts';
import { Journal } from './journal.ts';
import { Keys, kmsService } from './kms.ts';
import { Functions } from './lambda/functions.ts';
import { bundleFrom } from './lambda/bundle.ts';
import type { InvocationOutcome } from './lambda/function-process.ts';
import { functionArnPrefix, requiredPermission } from './lambda/lambda-permissions.ts';
import { lambdaService } from './lambda/lambda-service.ts';
import { runtimeEnvironment } from './lambda/runtime-environment.ts';
import { Logs } from './logs.ts';
import { Monitoring } from './monitoring.ts';
import { randomStream } from './random.ts';
import { Schedules } from './scheduler/schedules.ts';
import { schedulerService } from './scheduler/scheduler-service.ts';
import { sdkRequestHandler, type SdkRequestHandler } from './sdk-client.ts';
import type { Inbox } from './sns/inbox.ts';
import type { Topics } from './sns/topics.ts';
import { Queues, sqsService } from './sqs.ts';
import { taggingService } from './tagging.ts';
import { accountOf, regionOf, routeHttp, type HttpCall } from './wire.ts';

/** The accounts that belong together, each in its home Region, and what is set for all of them. */
interface Organization {
  readonly accounts: Map<string, SandboxAccount>;
  readonly settings: GlobalSettings;
}

/**
 * One Region of an AWS account in one process, on a virtual clock. The same seed and the same calls give the same story. The Regions of an
 * account share its clock, faults, journal, keys and roles.
 */
export class SandboxAccount {
  readonly region: string;
  readonly accountId: string;
  readonly clock: VirtualClock;
  readonly faults: Faults;
  readonly journal: Journal;
  readonly metrics = new Metrics();
  readonly logs: Logs;
  readonly front: Front;
  readonly functions: Functions;
  readonly keys: Keys;
  readonly dynamodb: DynamoDb;
  readonly monitoring: Monitoring;
  /** AWS Backup: vaults, recovery points and jobs. */
  readonly backup: AwsBackup;
  readonly autoScaling: AutoScaling;
  readonly queues: Queues;
  readonly schedules: Schedules;
  readonly roles: Roles;
  readonly #stacks = new Map<string, DeployedStack>();
  readonly #options: AccountOptions;
  /** The Regions of the account that somebody has called so far. */
  readonly #regions: Map<string, SandboxAccount>;
  readonly #organization: Organization;

  constructor(options: AccountOptions = {}) {
    const { regionOf: shared, memberBeside } = options;
    this.region = options.region ?? 'eu-central-1';
    const seed = shared ? `${shared.#options.seed ?? 1} ${this.region}` : (options.seed ?? 1);
    const neighbour = shared ?? memberBeside;
    this.#options = options;
    this.#regions = shared ? shared.#regions : new Map<string, SandboxAccount>();
    this.#regions.set(this.region, this);
    this.accountId = options.accountId ?? '123456789012';
    this.#organization = neighbour ? neighbour.#organization : { accounts: new Map(), settings: new GlobalSettings() };
    if (!shared) this.#organization.accounts.set(this.accountId, this);
    this.clock = neighbour?.clock ?? new VirtualClock((options.startAt ?? new Date('2026-11-01T00:00:00Z')).getTime());
    this.faults = neighbour?.faults ?? new Faults();
    this.keys = shared?.keys ?? new Keys();
    this.journal = neighbour?.journal ?? new Journal(options.journalCapacity ?? 100_000);
    this.logs = new Logs(options.logCapacity ?? 1000);
    this.front = new Front({
      region: this.region,
      clock: this.clock,
      faults: this.faults,
      journal: this.journal,
      random: randomStream(seed, 'front'),
      latencyMs: options.latencyMs ?? usualLatencyMs,
      authorize: (call) => { this.#authorize(call); }, // prettier-ignore
    });
    this.dynamodb = new DynamoDb({
      clock: this.clock,
      seed,
      arnPrefix: `arn:aws:dynamodb:${this.region}:${this.accountId}`,
      quotas: { ...publishedQuotas, ...options.quotas },
      backupCreationMs: options.backupCreationMs ?? usualBackupCreationMs,
      restoreTime: options.restoreTime ?? usualRestoreTime,
      keys: this.keys,
      regional: (arn) => this.#regions.get(arn.split(':')[3] ?? '')?.dynamodb,
      mayWrite: (roleArn, tableArn) => this.roles.mayRestoreInto(roleArn, tableArn),
    });
    this.roles = new Roles({
      accountId: this.accountId,
      region: this.region,
      tables: this.dynamodb.tables,
      changed: () => { this.dynamodb.restores.policiesChanged(); }, // prettier-ignore
      sharedWith: shared?.roles,
    });
    const { clock, region, accountId } = this;
    const { tables } = this.dynamodb;
    this.monitoring = new Monitoring({
      clock,
      seed,
      region,
      accountId,
      metrics: this.metrics,
      metricDelayMs: options.metricDelayMs ?? 10_000,
      keys: this.keys,
      sendToQueue: (arn, body) => { this.queues.send(arn, body); }, // prettier-ignore
      sendToFunction: (arn, payload) => { this.#deliver(arn, payload, undefined); }, // prettier-ignore
    });
    this.backup = new AwsBackup({
      clock,
      seed,
      region,
      accountId,
      dynamodb: this.dynamodb,
      keys: this.keys,
      roles: this.roles,
      bus: this.eventBus,
      jobTime: options.backupJobTime ?? usualJobTime,
      globalSettings: this.#organization.settings,
      regional: (arn) => this.#at(arn)?.backup,
    });
    const random = randomStream(seed, 'auto scaling');
    this.autoScaling = new AutoScaling({ clock, random, tables, alarms: this.alarms, region, accountId });
    const publishDepth = (QueueName: string, value: number): void => {
      const name = 'ApproximateNumberOfMessagesVisible';
      this.metrics.put('AWS/SQS', name, { QueueName }, { at: this.clock.now, value });
    };
    this.queues = new Queues(
      this.clock,
      randomStream(seed, 'queues'),
      options.publishesQueueDepth ? publishDepth : undefined,
    );
    this.functions = new Functions({
      clock: this.clock,
      seed,
      faults: this.faults,
      accountConcurrency: 1000,
      idleProcessLifeMs: options.idleProcessLifeMs ?? 24 * 3_600_000,
      sendsShort: options.sendsShort ?? false,
      send: (call, caller) => this.http(call, caller),
      authorizeInvocation: (roleArn, arn) => { this.roles.demand(roleArn ?? '', 'lambda:InvokeFunction', arn); }, // prettier-ignore
      print: (name, text) => { this.#print(name, text); }, // prettier-ignore
      sendToDestination: (arn, record) => { this.queues.send(arn, record); }, // prettier-ignore
      count: (name, metric) => { this.#countLambda(name, metric); }, // prettier-ignore
    });
    this.schedules = new Schedules({
      clock: this.clock,
      random: randomStream(seed, 'scheduler'),
      faults: this.faults,
      arnPrefix: `arn:aws:scheduler:${this.region}:${this.accountId}`,
      deliver: (targetArn, payload, roleArn) => { this.#deliver(targetArn, payload, roleArn); }, // prettier-ignore
      sendToDeadLetters: (arn, body, attributes) => { this.queues.send(arn, body, attributes); }, // prettier-ignore
      count: (metric, group) => { this.#count('AWS/Scheduler', metric, { ScheduleGroup: group }); }, // prettier-ignore
    });
    for (const service of this.#services()) this.front.add(service);
  }

  get alarms(): Alarms {
    return this.monitoring.alarms;
  }

  get topics(): Topics {
    return this.monitoring.topics;
  }

  /** What subscribers outside the account have received. */
  get inbox(): Inbox {
    return this.monitoring.topics.inbox;
  }

  get eventBus(): EventBus {
    return this.monitoring.bus;
  }

  get now(): Date {
    return new Date(this.clock.now);
  }

  /** Lets everything happen up to and including an instant. */
  async runUntil(instant: Date): Promise<void> {
    await this.clock.runUntil(instant.getTime());
  }

  async runFor(durationMs: number): Promise<void> {
    await this.clock.runUntil(this.clock.now + durationMs);
  }

  /** The account in another Region: tables, backups, functions, queues and metrics of its own. */
  inRegion(region: string): SandboxAccount {
    return this.#regions.get(region) ?? new SandboxAccount({ ...this.#options, region, regionOf: this });
  }

  /** Another account of the same organization: it shares the clock, the faults and the journal, and nothing else. */
  inAccount(accountId: string): SandboxAccount {
    const member = this.#organization.accounts.get(accountId);
    if (member) return member;
    const { region } = this;
    const seed = `${this.#options.seed ?? 1} ${accountId}`;
    return new SandboxAccount({ ...this.#options, seed, region, accountId, regionOf: undefined, memberBeside: this });
  }

  /** Where an ARN points to, in whatever Region of whatever account of the organization. */
  #at(arn: string): SandboxAccount | undefined {
    const [, , , region = '', accountId = ''] = arn.split(':');
    return this.#organization.accounts.get(accountId)?.inRegion(region);
  }

  /** Answers an HTTP request as AWS would, in the Region and the account it is signed for. */
  async http(call: HttpCall, caller: Caller = outsider): Promise<FrontResponse> {
    const region = regionOf(call) ?? this.region;
    // A role is of one account, whatever key its caller signs with.
    const accountId = (caller.roleArn === undefined ? accountOf(call) : undefined) ?? this.accountId;
    const account = accountId === this.accountId ? this : this.inAccount(accountId);
    return (region === account.region ? account : account.inRegion(region)).#answer(call, caller);
  }

  async #answer(call: HttpCall, caller: Caller): Promise<FrontResponse> {
    const request = routeHttp(call);
    if (request) return this.front.handle(request, caller);
    const message = `unknown operation: ${call.headers['x-amz-target'] ?? `${call.method} ${call.path}`}`;
    const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-errortype': 'UnknownOperationException' };
    return { status: 400, headers, body: JSON.stringify({ __type: 'UnknownOperationException', message }) };
  }

  /** An AWS SDK client that talks to this account. It makes one attempt per call unless told otherwise. */
  client<Client>(
    ClientClass: new (config: {
      region: string;
      credentials: { accessKeyId: string; secretAccessKey: string };
      requestHandler: SdkRequestHandler;
      maxAttempts: number;
    }) => Client,
    config: { readonly maxAttempts?: number } = {},
  ): Client {
    return new ClientClass({
      region: this.region,
      credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' },
      requestHandler: sdkRequestHandler(this.clock, (call) => this.http(call)),
      maxAttempts: config.maxAttempts ?? 1,
    });
  }

  /**
   * Deploys the stacks of a cloud assembly (`cdk.out`) that are meant for this account's Region, and brings them up to date when they are
   * deployed again. Returns each stack's outputs. Throws when a template declares a resource type that the sandbox does not know.
   */
  async deploy(folder: string): Promise<Readonly<Record<string, DeployedStack['outputs']>>> {
    const outputs: Record<string, DeployedStack['outputs']> = {};
    for (const template of readAssembly(folder)) {
      if (template.region !== this.region && template.region !== 'unknown-region') continue;
      const stack = await deployStack(template, this, this.#stacks);
      this.#stacks.set(stack.name, stack);
      outputs[stack.name] = stack.outputs;
    }
    if (Object.keys(outputs).length === 0) throw new Error(`${folder} has no stack for the Region ${this.region}`);
    return outputs;
  }

  /** Deploys a function from code, and returns its ARN. */
  loadFunction(loaded: LoadedFunction): string {
    const {
      name,
      code,
      exportName = 'handler',
      env = {},
      timeoutSeconds = 900,
      memoryMb = 512,
      roleArn,
      durable,
      ...settings
    } = loaded;
    const definition = {
      name,
      arn: `${functionArnPrefix(this)}${name}`,
      bundle: typeof code === 'string' ? bundleFrom(`/var/task/${name}.js`, code) : code,
      exportName,
      env: { ...runtimeEnvironment({ name, exportName, memoryMb, region: this.region }), ...env },
      timeoutMs: timeoutSeconds * 1000,
      memoryMb,
      roleArn,
      durable,
    };
    this.functions.deploy(definition, settings);
    return definition.arn;
  }

  /** Invokes a function, or a version or alias of it, and lets time pass until it ends. */
  async invoke(reference: string, event: unknown = {}): Promise<InvocationOutcome> {
    return this.clock.runUntilSettled(this.functions.invoke(reference, JSON.stringify(event)));
  }

  /** Creates a table that has been there for long: ACTIVE, and open for backups at once. Takes the members of CreateTable. */
  async createTable(members: Readonly<Record<string, unknown>> & { readonly TableName: string }): Promise<Table> {
    return this.clock.runUntilSettled(this.dynamodb.tables.add({ ...simplestTable, ...members }, true));
  }

  /** Every backup that exists, or those of one table. */
  backups(tableName?: string): StoredBackup[] {
    return this.dynamodb.backups.all.filter((backup) => tableName === undefined || backup.tableName === tableName);
  }

  #print(functionName: string, text: string): void {
    for (const line of text.split('\n')) {
      if (line === '' || this.faults.losesOutput({ at: this.clock.now, function: functionName })) continue;
      this.logs.add(functionName, { at: this.clock.now, text: line });
      this.metrics.readLogLine(line, this.clock.now);
    }
  }

  #authorize(call: ApiCall): void {
    const { roleArn } = call.caller;
    if (call.service === 'backup') this.backup.authorize(call);
    else if (call.service !== 'lambda') this.roles.authorize(call);
    else if (roleArn !== undefined) this.roles.demand(roleArn, ...requiredPermission(call, functionArnPrefix(this)));
  }

  #services(): Service[] {
    return [
      this.dynamodb.service(),
      lambdaService(this.functions),
      schedulerService(this.schedules),
      kmsService(this.keys),
      sqsService(this.queues),
      taggingService(this.dynamodb.tables),
      this.autoScaling.service(),
      this.backup.service(),
      ...this.monitoring.services(this.roles),
    ];
  }

  /** Hands an event to what a schedule may start: a function or a queue. */
  #deliver(targetArn: string, payload: string, roleArn: string | undefined): void {
    const [, , service] = targetArn.split(':');
    if (service !== 'lambda' && service !== 'sqs') throw new Error(`the sandbox cannot deliver to ${targetArn}`);
    const action = service === 'lambda' ? 'lambda:InvokeFunction' : 'sqs:SendMessage';
    if (roleArn !== undefined) this.roles.demand(roleArn, action, targetArn);
    if (service === 'sqs') this.queues.send(targetArn, payload);
    else if (this.functions.has(targetArn)) this.functions.enqueue(targetArn, payload);
    else throw new AwsError('ResourceNotFoundException', `Function not found: ${targetArn}`, 404);
  }

  #count(namespace: string, metric: string, dimensions: Readonly<Record<string, string>>): void {
    this.metrics.put(namespace, metric, dimensions, { at: this.clock.now, value: 1 });
  }

  #countLambda(functionName: string, metric: string): void {
    this.#count('AWS/Lambda', metric, { FunctionName: functionName });
  }
}

const simplestTable = {
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
  BillingMode: 'PAY_PER_REQUEST',
};
