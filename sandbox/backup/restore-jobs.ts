import { AwsError } from '../aws-error.ts';
import type { VirtualClock } from '../clock.ts';
import type { Restores } from '../dynamodb/restores.ts';
import { keyArnOf, type Table } from '../dynamodb/table.ts';
import type { ApiCall } from '../front.ts';
import { Input } from '../input.ts';
import { randomHex, randomUuid, type Random } from '../random.ts';
import { noContent } from './backup-answer.ts';
import { invalidRequest, notFound } from './backup-errors.ts';
import type { JobEvents } from './job-events.ts';
import { Jobs } from './jobs.ts';
import type { RecoveryPoint } from './recovery-point.ts';
import type { RecoveryPoints } from './recovery-points.ts';
import {
  describeRestoreJob,
  restoreEffects,
  restoreJobEvent,
  validationStates,
  type RestoreJob,
} from './restore-job.ts';
import { metadataIn } from './restore-metadata.ts';

interface RestoreJobsParts {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly accountId: string;
  /** `arn:PARTITION:dynamodb:REGION:ACCOUNT`. */
  readonly tableArnPrefix: string;
  readonly restores: Restores;
  readonly points: RecoveryPoints;
  readonly events: JobEvents;
  readonly may: (roleArn: string, action: string, resource: string) => boolean;
}

const longestWaitMs = 30_000;
/** A restore from cold storage takes longer; AWS does not say for tables how much. The sandbox takes four hours more. */
const coldMs = 4 * 3_600_000;
const restorable = new Set(['COMPLETED', 'EXPIRED', 'PARTIAL']);

/** What the role of a restore needs on the table that it makes. Source: AWSBackupServiceRolePolicyForRestores. */
const dataActions = [
  'DescribeTable',
  'Scan',
  'Query',
  'UpdateItem',
  'PutItem',
  'GetItem',
  'DeleteItem',
  'BatchWriteItem',
];

/** Restore jobs: PENDING, RUNNING while the table is CREATING, then COMPLETED, FAILED or ABORTED. */
export class RestoreJobs {
  readonly #parts: RestoreJobsParts;
  readonly #jobs: Jobs<RestoreJob>;
  /** > A failed validation still consumes the token (reported from the field): it goes on failing. */
  readonly #refused = new Map<string, AwsError>();

  /** AWS does not say for how long it remembers a token. */
  tokenLifeMs = Infinity;

  constructor(parts: RestoreJobsParts) {
    this.#parts = parts;
    this.#jobs = new Jobs(parts.clock, parts.accountId, {
      ByStatus: ({ state }) => state,
      ByResourceType: () => 'DynamoDB',
      ByRestoreTestingPlanArn: ({ testingPlanArn }) => testingPlanArn,
    });
  }

  get all(): RestoreJob[] {
    return this.#jobs.all;
  }

  /**
   * Starts a restore as AWS Backup's own restore testing does, which is not modelled beyond that: nobody picks points, and nobody deletes the
   * table. Returns the job's id.
   */
  startTest(point: RecoveryPoint, testingPlanArn: string): string {
    const targetTableName = `awsbackup-restore-test-${randomHex(this.#parts.random, 12)}`;
    const metadata = { targetTableName, encryption: { Enabled: false } };
    const job = {
      ...this.#jobOf(point),
      roleArn: point.roleArn,
      metadata,
      copiesTags: false,
      testingPlanArn,
      effects: [],
    };
    this.#launch(job, undefined);
    return job.id;
  }

  start(call: ApiCall): object {
    const input = new Input(call.input);
    const token = input.optionalText('IdempotencyToken');
    const refused = token === undefined ? undefined : this.#refused.get(token);
    if (refused) throw refused;
    const known = this.#jobs.startedBy(token);
    const isRemembered = known !== undefined && this.#parts.clock.now - known.createdAt <= this.tokenLifeMs;
    const job = isRemembered ? known : this.#create(call, input, token);
    return { RestoreJobId: job.id };
  }

  describe(call: ApiCall): object {
    return describeRestoreJob(this.#named(call));
  }

  list(call: ApiCall): object {
    const { rows, token } = this.#jobs.list(call);
    return { RestoreJobs: rows.map(describeRestoreJob), ...token };
  }

  /** Takes what somebody found when looking at the restored table; a verdict is final. */
  putValidation(call: ApiCall): typeof noContent {
    const input = new Input(call.input);
    const job = this.#named(call);
    const status = input.text('ValidationStatus', { oneOf: validationStates });
    if (job.state !== 'COMPLETED')
      throw invalidRequest(`Restore job ${job.id} cannot be validated: it is ${job.state}`);
    if (job.validation && job.validation.status !== 'VALIDATING')
      throw invalidRequest(`Restore job ${job.id} has been validated: ${job.validation.status}`);
    job.validation = { status, message: input.optionalText('ValidationStatusMessage') };
    return noContent;
  }

  #named(call: ApiCall): RestoreJob {
    return this.#jobs.require(new Input(call.input).text('RestoreJobId'));
  }

  #create(call: ApiCall, input: Input, token: string | undefined): RestoreJob {
    try {
      const job = this.#newJob(call, input);
      this.#launch(job, token);
      return job;
    } catch (error) {
      if (token !== undefined && error instanceof AwsError) this.#refused.set(token, error);
      throw error;
    }
  }

  #launch(job: RestoreJob, token: string | undefined): void {
    this.#jobs.add(job, token);
    this.#become(job, 'PENDING');
    this.#plan(job);
  }

  #newJob({ effects }: ApiCall, input: Input): RestoreJob {
    const { points } = this.#parts;
    const arn = input.text('RecoveryPointArn');
    const point = points.find(arn);
    if (!point) throw notFound(`Recovery point ${arn} cannot be found`);
    if (!restorable.has(point.status))
      throw invalidRequest(`Recovery point ${arn} cannot be restored: ${point.status}`);
    return {
      ...this.#jobOf(point),
      roleArn: input.text('IamRoleArn'),
      metadata: metadataIn(input),
      copiesTags: input.optionalBoolean('CopySourceTagsToRestoredResource') ?? false,
      testingPlanArn: undefined,
      effects,
    };
  }

  /** What a job is before anything has become of it, whoever asked for it. */
  #jobOf(point: RecoveryPoint): Omit<RestoreJob, 'roleArn' | 'metadata' | 'copiesTags' | 'testingPlanArn' | 'effects'> {
    const { clock, random, accountId } = this.#parts;
    return {
      id: randomUuid(random).toUpperCase(),
      accountId,
      resourceArn: point.resourceArn,
      createdAt: clock.now,
      state: 'PENDING',
      statusMessage: undefined,
      completedAt: undefined,
      point,
      createdResourceArn: undefined,
      validation: undefined,
    };
  }

  #plan(job: RestoreJob): void {
    const { clock, random } = this.#parts;
    const slow = job.effects.find((effect) => effect.kind === 'slow-job');
    const coldWaitMs = job.point.storageClass === 'COLD' ? coldMs : 0;
    const waitMs = (slow?.time.waitMs ?? random() * longestWaitMs) + coldWaitMs;
    job.point.jobs++;
    clock.after(waitMs, () => { void clock.standStillDuring(this.#begin(job)); }); // prettier-ignore
    for (const effect of job.effects) {
      if (effect.kind !== 'failed-job' || effect.afterMs > waitMs) continue;
      clock.after(effect.afterMs, () => { this.#fail(job, 'it was to fail'); }); // prettier-ignore
    }
  }

  async #begin(job: RestoreJob): Promise<void> {
    if (job.state !== 'PENDING') return;
    const { point, roleArn, metadata } = job;
    const missing = this.#missingRight(job);
    if (missing !== undefined) {
      this.#fail(job, `IAM Role ${roleArn} does not have sufficient permissions: ${missing}`);
      return;
    }
    this.#become(job, 'RUNNING');
    try {
      await this.#parts.restores.fromAwsBackup({
        backup: point.backup,
        target: metadata.targetTableName,
        keyArn: point.isFullyManaged
          ? point.vault.encryptionKeyArn
          : keyArnOf({ arn: point.resourceArn, definition: point.backup.definition }),
        members: { SSESpecificationOverride: metadata.encryption },
        effects: restoreEffects(job, this.#parts.clock.now),
        roleArn,
        ended: (table, failure) => { this.#end(job, table, failure); }, // prettier-ignore
      });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      this.#fail(job, error.message);
    }
  }

  #missingRight({ point, roleArn, metadata }: RestoreJob): string | undefined {
    const target = `${this.#parts.tableArnPrefix}:table/${metadata.targetTableName}`;
    const restore: [string, string] = point.isFullyManaged
      ? ['RestoreTableFromAwsBackup', target]
      : ['RestoreTableFromBackup', point.backup.arn];
    const needed = [restore, ...dataActions.map((action): [string, string] => [action, target])];
    return needed
      .map(([action, resource]): [string, string] => [`dynamodb:${action}`, resource])
      .find(([action, resource]) => !this.#parts.may(roleArn, action, resource))
      ?.join(' on ');
  }

  #end(job: RestoreJob, table: Table, failure: string | undefined): void {
    if (failure !== undefined) {
      this.#fail(job, failure);
      return;
    }
    const { point } = job;
    job.createdResourceArn = table.arn;
    point.lastRestoredAt = this.#parts.clock.now;
    if (job.copiesTags) for (const [key, value] of point.tags) table.tags.set(key, value);
    this.#finish(job, 'COMPLETED');
  }

  #fail(job: RestoreJob, message: string): void {
    if (job.completedAt !== undefined) return;
    const planned = job.effects.find((effect) => effect.kind === 'failed-job');
    job.statusMessage = planned?.message ?? message;
    this.#finish(job, planned?.state === 'ABORTED' ? 'ABORTED' : 'FAILED');
  }

  #finish(job: RestoreJob, state: 'COMPLETED' | 'ABORTED' | 'FAILED'): void {
    job.point.jobs--;
    job.completedAt = this.#parts.clock.now;
    this.#become(job, state);
  }

  #become(job: RestoreJob, state: RestoreJob['state']): void {
    job.state = state;
    const { effects, point } = job;
    const detailType = 'Restore Job State Change';
    this.#parts.events.tell({ detailType, resources: [point.arn], detail: restoreJobEvent(job) }, effects);
  }
}
