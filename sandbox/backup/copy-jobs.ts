import type { VirtualClock } from '../clock.ts';
import type { ApiCall } from '../front.ts';
import { Input } from '../input.ts';
import type { Keys } from '../kms.ts';
import { randomUuid, type Random } from '../random.ts';
import { invalidParameter, invalidRequest, notFound } from './backup-errors.ts';
import { copyJobEvent, describeCopyJob, type CopyJob, type CopyJobState } from './copy-job.ts';
import { refusedCopy, type Destination } from './copy-permission.ts';
import type { JobEvents } from './job-events.ts';
import type { JobModel, JobTime } from './job-time.ts';
import { Jobs } from './jobs.ts';
import { lifecycleIn } from './lifecycle.ts';
import type { RecoveryPoint } from './recovery-point.ts';
import type { RecoveryPoints } from './recovery-points.ts';
import type { Vaults } from './vaults.ts';

interface CopyJobsParts {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly accountId: string;
  readonly keys: Keys;
  readonly vaults: Vaults;
  readonly points: RecoveryPoints;
  readonly events: JobEvents;
  readonly time: JobModel;
  /** The resources that a job works on: > one concurrent backup or copy job per resource (source: AWS Backup quotas). */
  readonly inUse: Set<string>;
  readonly may: (roleArn: string, action: string, resource: string) => boolean;
  /** Where the vault with an ARN is, in whatever Region of whatever account of the organization. */
  readonly destinationAt: (vaultArn: string) => Destination | undefined;
  /** Throws unless DynamoDB's advanced features are on. */
  readonly demandAdvanced: () => void;
  /** Whether accounts may copy to each other. */
  readonly mayCrossAccounts: () => boolean;
}

const retryMs = 60_000;

/** Copy jobs: CREATED, RUNNING while the copy is CREATING, then COMPLETED, or FAILED without a copy. */
export class CopyJobs {
  readonly #parts: CopyJobsParts;
  readonly #jobs: Jobs<CopyJob>;

  constructor(parts: CopyJobsParts) {
    this.#parts = parts;
    this.#jobs = new Jobs(parts.clock, parts.accountId, {
      ByState: ({ state }) => state,
      ByResourceArn: ({ resourceArn }) => resourceArn,
      ByResourceType: () => 'DynamoDB',
      ByDestinationVaultArn: ({ destinationVaultArn }) => destinationVaultArn,
      BySourceRecoveryPointArn: ({ source }) => source.arn,
    });
  }

  get all(): CopyJob[] {
    return this.#jobs.all;
  }

  start(call: ApiCall): object {
    const input = new Input(call.input);
    const token = input.optionalText('IdempotencyToken');
    const { id, createdAt } = this.#jobs.startedBy(token) ?? this.#create(call, input, token);
    return { CopyJobId: id, CreationDate: createdAt / 1000, IsParent: false };
  }

  describe(call: ApiCall): object {
    return { CopyJob: describeCopyJob(this.#jobs.require(new Input(call.input).text('CopyJobId'))) };
  }

  list(call: ApiCall): object {
    const { rows, token } = this.#jobs.list(call);
    return { CopyJobs: rows.map(describeCopyJob), ...token };
  }

  #create(call: ApiCall, input: Input, token: string | undefined): CopyJob {
    const { clock, random, accountId } = this.#parts;
    const source = this.#sourceIn(input);
    const destinationVaultArn = input.text('DestinationBackupVaultArn');
    if (!/^arn:[^:]+:backup:[^:]+:\d{12}:backup-vault:[a-zA-Z0-9\-_]{2,50}$/.test(destinationVaultArn))
      throw invalidParameter(`DestinationBackupVaultArn must be the ARN of a vault, got ${destinationVaultArn}`);
    if (destinationVaultArn === source.vault.arn)
      throw invalidRequest('A recovery point cannot be copied to its own vault');
    const job: CopyJob = {
      id: randomUuid(random).toUpperCase(),
      accountId,
      resourceArn: source.resourceArn,
      createdAt: clock.now,
      state: 'CREATED',
      statusMessage: undefined,
      completedAt: undefined,
      source,
      destinationVaultArn,
      roleArn: input.text('IamRoleArn'),
      lifecycle: lifecycleIn(input),
      effects: call.effects,
      copy: undefined,
    };
    this.#jobs.add(job, token);
    source.jobs++;
    this.#tell(job);
    this.#plan(job);
    return job;
  }

  #sourceIn(input: Input): RecoveryPoint {
    const { vaults, points, demandAdvanced } = this.#parts;
    const vault = vaults.require(input.text('SourceBackupVaultName'));
    const arn = input.text('RecoveryPointArn');
    const point = points.find(arn);
    if (point?.vault !== vault) throw notFound(`Recovery point ${arn} cannot be found in vault ${vault.name}`);
    demandAdvanced();
    const obstacle = whyNotCopied(point);
    if (obstacle !== undefined) throw invalidRequest(`Recovery point ${arn} cannot be copied: ${obstacle}`);
    return point;
  }

  #plan(job: CopyJob): void {
    const { clock } = this.#parts;
    const { waitMs, runMs } = this.#timeOf(job);
    clock.after(waitMs, () => { this.#attempt(job, runMs); }); // prettier-ignore
    for (const effect of job.effects) {
      if (effect.kind !== 'failed-job') continue;
      const state = effect.state === 'PARTIAL' ? 'PARTIAL' : 'FAILED';
      clock.after(effect.afterMs, () => { this.#end(job, state, effect.message ?? 'it was to fail'); }); // prettier-ignore
    }
  }

  #timeOf({ source, destinationVaultArn, effects }: CopyJob): JobTime {
    const { sizeBytes } = source.backup;
    const acrossRegions = destinationVaultArn.split(':')[3] !== source.vault.arn.split(':')[3];
    const usual = this.#parts.time({ sizeBytes, acrossRegions }, this.#parts.random);
    return effects.reduce((time, effect) => (effect.kind === 'slow-job' ? { ...time, ...effect.time } : time), usual);
  }

  #attempt(job: CopyJob, runMs: number): void {
    const { clock, inUse } = this.#parts;
    if (job.state !== 'CREATED') return;
    if (inUse.has(job.resourceArn))
      clock.after(retryMs, () => { this.#attempt(job, runMs); }); // prettier-ignore
    else this.#begin(job, runMs);
  }

  #begin(job: CopyJob, runMs: number): void {
    const { clock, inUse, destinationAt } = this.#parts;
    const destination = destinationAt(job.destinationVaultArn);
    const refusal = refusedCopy(job, destination, this.#parts);
    if (!destination || refusal !== undefined) {
      this.#end(job, 'FAILED', refusal);
      return;
    }
    inUse.add(job.resourceArn);
    job.copy = destination.points.beginCopy(job.source, destination.vault, job.roleArn, job.lifecycle);
    job.state = 'RUNNING';
    this.#tell(job);
    if (job.effects.some(({ kind }) => kind === 'failed-job')) return;
    clock.after(runMs, () => { this.#end(job, 'COMPLETED', undefined); }); // prettier-ignore
  }

  #end(job: CopyJob, state: Exclude<CopyJobState, 'CREATED' | 'RUNNING'>, message: string | undefined): void {
    if (job.completedAt !== undefined) return;
    const { clock, inUse, destinationAt } = this.#parts;
    job.source.jobs--;
    if (job.copy) {
      inUse.delete(job.resourceArn);
      const points = destinationAt(job.destinationVaultArn)?.points;
      if (state === 'FAILED') points?.remove(job.copy);
      else points?.complete(job.copy, state);
    }
    job.completedAt = clock.now;
    job.statusMessage = message;
    job.state = state;
    this.#tell(job);
  }

  #tell(job: CopyJob): void {
    const detailType = 'Copy Job State Change';
    this.#parts.events.tell({ detailType, resources: [job.source.arn], detail: copyJobEvent(job) }, job.effects);
  }
}

/** > Does not support continuous backups. Copies of DynamoDB need advanced features. Source: service model, StartCopyJob; developer guide. */
function whyNotCopied(point: RecoveryPoint): string | undefined {
  if (point.isContinuous) return 'it is a continuous backup';
  if (!point.isFullyManaged) return 'it was made without advanced features for DynamoDB';
  if (point.storageClass === 'COLD') return 'it is in cold storage';
  return point.status === 'COMPLETED' ? undefined : `it is ${point.status}`;
}
