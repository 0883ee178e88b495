import type { VirtualClock } from '../clock.ts';
import type { Backups } from '../dynamodb/backups.ts';
import { keyArnOf, type Table } from '../dynamodb/table.ts';
import type { Tables } from '../dynamodb/tables.ts';
import type { CallEffect } from '../faults.ts';
import type { ApiCall } from '../front.ts';
import { Input } from '../input.ts';
import type { Keys } from '../kms.ts';
import { randomUuid, type Random } from '../random.ts';
import { invalidParameter, invalidRequest, notFound } from './backup-errors.ts';
import { backupJobEvent, describeBackupJob, startedJob, type BackupJob, type BackupJobState } from './backup-job.ts';
import type { JobEvents } from './job-events.ts';
import type { JobModel, JobTime } from './job-time.ts';
import { Jobs } from './jobs.ts';
import { dayMs, lifecycleIn } from './lifecycle.ts';
import type { RecoveryPoints } from './recovery-points.ts';
import { tagsFrom } from './vault.ts';
import { refusedByLock } from './vault-lock.ts';
import type { Vaults } from './vaults.ts';

interface BackupJobsParts {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly accountId: string;
  /** `arn:PARTITION:dynamodb:REGION:ACCOUNT`. */
  readonly tableArnPrefix: string;
  readonly tables: Tables;
  readonly backups: Backups;
  readonly keys: Keys;
  readonly vaults: Vaults;
  readonly points: RecoveryPoints;
  readonly events: JobEvents;
  readonly time: JobModel;
  /** The resources that a job works on: > one concurrent backup or copy job per resource (source: AWS Backup quotas). */
  readonly inUse: Set<string>;
  readonly may: (roleArn: string, action: string, resource: string) => boolean;
  /** Throws unless the Region's settings let DynamoDB be backed up. */
  readonly demandOptIn: () => void;
  /** Whether DynamoDB's advanced features are on. */
  readonly isAdvanced: () => boolean;
}

const minuteMs = 60_000;
const leastStartMinutes = 60;
const usualStartMinutes = 8 * 60;
const longestMinutes = 52_560_000;
const usualCompleteMs = 7 * dayMs;
/** > Within the start window it retries at least every 10 minutes. Source: service model, StartBackupJob. */
const retryMs = 10 * minuteMs;
const stoppingMs = 5000;

/** Backup jobs: CREATED until they can begin, RUNNING, and then COMPLETED, or one of the ends without a recovery point. */
export class BackupJobs {
  readonly #parts: BackupJobsParts;
  readonly #jobs: Jobs<BackupJob>;

  constructor(parts: BackupJobsParts) {
    this.#parts = parts;
    this.#jobs = new Jobs(parts.clock, parts.accountId, {
      ByState: ({ state }) => state,
      ByResourceArn: ({ resourceArn }) => resourceArn,
      ByBackupVaultName: ({ vault }) => vault.name,
      ByResourceType: () => 'DynamoDB',
    });
  }

  get all(): BackupJob[] {
    return this.#jobs.all;
  }

  /** > Retrying a successful request with the same idempotency token results in success with no action taken. */
  start(call: ApiCall): object {
    const input = new Input(call.input);
    const token = input.optionalText('IdempotencyToken');
    return startedJob(this.#jobs.startedBy(token) ?? this.#create(call, input, token));
  }

  describe(call: ApiCall): object {
    return describeBackupJob(this.#named(call));
  }

  list(call: ApiCall): object {
    const { rows, token } = this.#jobs.list(call);
    return { BackupJobs: rows.map(describeBackupJob), ...token };
  }

  stop(call: ApiCall): void {
    const job = this.#named(call);
    if (job.state !== 'CREATED' && job.state !== 'RUNNING')
      throw invalidRequest(`Backup job ${job.id} cannot be stopped: it is ${job.state}`);
    for (const event of job.planned) event.cancel();
    this.#become(job, 'ABORTING');
    this.#plan(job, stoppingMs, () => { this.#end(job, 'ABORTED', 'the job was stopped'); }); // prettier-ignore
  }

  #named(call: ApiCall): BackupJob {
    return this.#jobs.require(new Input(call.input).text('BackupJobId'));
  }

  #create(call: ApiCall, input: Input, token: string | undefined): BackupJob {
    const { clock, random, vaults, points, demandOptIn, isAdvanced } = this.#parts;
    const vault = vaults.named(call);
    const table = this.#tableNamed(input.text('ResourceArn'));
    const startMinutes = input.optionalNumber('StartWindowMinutes', leastStartMinutes, longestMinutes);
    const completeMinutes = input.optionalNumber('CompleteWindowMinutes', 1, longestMinutes);
    const [roleArn, lifecycle] = [input.text('IamRoleArn'), lifecycleIn(input)];
    demandOptIn();
    const isFullyManaged = isAdvanced();
    const job: BackupJob = {
      id: randomUuid(random).toUpperCase(),
      resourceArn: table.arn,
      tableName: table.name,
      createdAt: clock.now,
      state: 'CREATED',
      statusMessage: undefined,
      completedAt: undefined,
      vault,
      roleArn,
      lifecycle,
      tags: tagsFrom(input.members.RecoveryPointTags),
      isFullyManaged,
      pointArn: isFullyManaged ? points.newArn() : undefined,
      startBy: clock.now + (startMinutes ?? usualStartMinutes) * minuteMs,
      completeBy: clock.now + (completeMinutes === undefined ? usualCompleteMs : completeMinutes * minuteMs),
      effects: call.effects,
      initiatedAt: undefined,
      expectedAt: undefined,
      point: undefined,
      planned: [],
    };
    this.#jobs.add(job, token);
    this.#tell(job);
    this.#planAll(job, this.#timeOf(table, call.effects));
    return job;
  }

  #tableNamed(arn: string): Table {
    const { tableArnPrefix, tables } = this.#parts;
    const name = arn.startsWith(`${tableArnPrefix}:table/`) ? arn.slice(`${tableArnPrefix}:table/`.length) : undefined;
    if (name === undefined) throw invalidParameter(`Invalid ARN: ${arn} is not a table of this account and Region`);
    const table = tables.get(name);
    if (!table) throw notFound(`The table ${arn} cannot be found`);
    return table;
  }

  #timeOf({ measured }: Table, effects: readonly CallEffect[]): JobTime {
    const usual = this.#parts.time({ sizeBytes: measured.sizeBytes, acrossRegions: false }, this.#parts.random);
    return effects.reduce((time, effect) => (effect.kind === 'slow-job' ? { ...time, ...effect.time } : time), usual);
  }

  #planAll(job: BackupJob, { waitMs, runMs }: JobTime): void {
    this.#plan(job, waitMs, () => { this.#attempt(job, runMs); }); // prettier-ignore
    this.#plan(job, job.completeBy - job.createdAt, () => { this.#end(job, 'ABORTED', 'the completion window is over'); }); // prettier-ignore
    for (const effect of job.effects) {
      if (effect.kind !== 'failed-job') continue;
      const { afterMs, state, message = 'it was to fail' } = effect;
      this.#plan(job, afterMs, () => { this.#end(job, state, message); }); // prettier-ignore
    }
  }

  #plan(job: BackupJob, inMs: number, action: () => void): void {
    job.planned.push(this.#parts.clock.after(inMs, action));
  }

  #attempt(job: BackupJob, runMs: number): void {
    const { clock, inUse } = this.#parts;
    if (clock.now >= job.startBy) this.#end(job, 'EXPIRED', 'the job did not start within its start window');
    else if (inUse.has(job.resourceArn) || !this.#isReady(job))
      this.#plan(job, Math.min(retryMs, job.startBy - clock.now), () => { this.#attempt(job, runMs); }); // prettier-ignore
    else void clock.standStillDuring(this.#begin(job, runMs));
  }

  /** A table that is not open for backups yet may be soon; one that is gone will not. */
  #isReady({ tableName }: BackupJob): boolean {
    const table = this.#parts.tables.get(tableName);
    return !table || table.status === 'DELETING' || table.backupsPossibleAt <= this.#parts.clock.now;
  }

  async #begin(job: BackupJob, runMs: number): Promise<void> {
    const { clock, inUse, tables } = this.#parts;
    const table = tables.get(job.tableName);
    const refusal = this.#refusal(job, table);
    if (!table || refusal !== undefined) {
      this.#end(job, 'FAILED', refusal);
      return;
    }
    inUse.add(job.resourceArn);
    await tables.refresh(table);
    this.#makePoint(job, table);
    job.expectedAt = clock.now + runMs;
    this.#become(job, 'RUNNING');
    if (job.effects.some(({ kind }) => kind === 'failed-job')) return;
    this.#plan(job, runMs, () => { this.#end(job, 'COMPLETED', undefined); }); // prettier-ignore
  }

  #makePoint(job: BackupJob, table: Table): void {
    const { clock, backups, points } = this.#parts;
    const { vault, roleArn, createdAt, lifecycle, resourceArn } = job;
    const [name, at] = [`awsbackup-${job.id}`, Math.floor(clock.now)];
    const backup =
      job.isFullyManaged && job.pointArn !== undefined
        ? backups.capture(table, job.pointArn, name, at)
        : backups.beginManaged(table, name, at);
    // > A point with advanced features inherits the tags of its table. Source: developer guide, advanced-ddb-backup.
    const tags = new Map([...(job.isFullyManaged ? table.tags : []), ...job.tags]);
    job.point = points.begin({ arn: backup.arn, vault, backup, resourceArn, roleArn, createdAt, lifecycle, tags });
    job.pointArn = job.point.arn;
    job.initiatedAt = clock.now;
  }

  /** Why a job cannot begin; undefined when it can. */
  #refusal(job: BackupJob, table: Table | undefined): string | undefined {
    const { keys, vaults, may } = this.#parts;
    const { vault, roleArn, isFullyManaged, resourceArn } = job;
    if (!table || table.status === 'DELETING') return `the table ${resourceArn} does not exist`;
    if (vaults.get(vault.name) !== vault) return `the vault ${vault.name} does not exist`;
    const needed = [
      'DescribeTable',
      ...(isFullyManaged ? ['StartAwsBackupJob', 'ListTagsOfResource'] : ['CreateBackup']),
    ];
    const missing = needed.find((action) => !may(roleArn, `dynamodb:${action}`, resourceArn));
    if (missing !== undefined) return `IAM Role ${roleArn} does not have sufficient permissions: dynamodb:${missing}`;
    const lost = [keyArnOf(table), isFullyManaged ? vault.encryptionKeyArn : undefined].find(
      (key) => key !== undefined && !keys.isUsable(key),
    );
    return lost === undefined ? refusedByLock(vault, job.lifecycle) : `the key ${lost} is not usable`;
  }

  #become(job: BackupJob, state: BackupJobState): void {
    job.state = state;
    this.#tell(job);
  }

  #end(job: BackupJob, state: BackupJobState, message: string | undefined): void {
    const { clock, inUse, points } = this.#parts;
    for (const event of job.planned) event.cancel();
    if (job.initiatedAt !== undefined) inUse.delete(job.resourceArn);
    if (job.point && (state === 'COMPLETED' || state === 'PARTIAL')) points.complete(job.point, state);
    else if (job.point) points.remove(job.point);
    job.completedAt = clock.now;
    job.statusMessage = message;
    this.#become(job, state);
  }

  #tell(job: BackupJob): void {
    const resources = job.pointArn === undefined ? [] : [job.pointArn];
    const detailType = 'Backup Job State Change';
    this.#parts.events.tell({ detailType, resources, detail: backupJobEvent(job) }, job.effects);
  }
}
