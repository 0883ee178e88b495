import { AwsError } from '../aws-error.ts';
import type { VirtualClock } from '../clock.ts';
import type { DynamoDb } from '../dynamodb/dynamodb.ts';
import type { EventBus } from '../events/event-bus.ts';
import type { ApiCall, Operation, Service } from '../front.ts';
import { decideByResourcePolicy } from '../iam/resource-policy.ts';
import type { Roles } from '../iam/roles.ts';
import type { Keys } from '../kms.ts';
import { randomStream } from '../random.ts';
import { backupAnswer } from './backup-answer.ts';
import { inWordsOfBackup } from './backup-errors.ts';
import { BackupJobs } from './backup-jobs.ts';
import { requiredPermissions, type Permission } from './backup-permissions.ts';
import type { Destination } from './copy-permission.ts';
import { CopyJobs } from './copy-jobs.ts';
import type { GlobalSettings } from './global-settings.ts';
import { JobEvents } from './job-events.ts';
import { LegalHolds } from './legal-holds.ts';
import type { JobModel } from './job-time.ts';
import { RecoveryPoints } from './recovery-points.ts';
import { RegionSettings } from './region-settings.ts';
import { RestoreJobs } from './restore-jobs.ts';
import { Tagged } from './tagged.ts';
import type { Vault } from './vault.ts';
import { Vaults } from './vaults.ts';

interface AwsBackupParts {
  readonly clock: VirtualClock;
  readonly seed: number | string;
  readonly region: string;
  readonly accountId: string;
  readonly dynamodb: DynamoDb;
  readonly keys: Keys;
  readonly roles: Roles;
  readonly bus: EventBus;
  readonly jobTime: JobModel;
  /** Of the organization that the account belongs to. */
  readonly globalSettings: GlobalSettings;
  /** AWS Backup of whatever Region of whatever account of the organization an ARN names. */
  readonly regional: (arn: string) => AwsBackup | undefined;
}

/** AWS Backup of one Region, for DynamoDB tables: vaults, recovery points, and the jobs that make them. */
export class AwsBackup {
  readonly vaults: Vaults;
  readonly points: RecoveryPoints;
  readonly jobs: BackupJobs;
  readonly restoreJobs: RestoreJobs;
  readonly copyJobs: CopyJobs;
  readonly settings = new RegionSettings();
  readonly holds: LegalHolds;
  readonly #tagged: Tagged;
  readonly #parts: AwsBackupParts;

  constructor(parts: AwsBackupParts) {
    const { clock, seed, region, accountId, dynamodb, keys, bus } = parts;
    const { tables, backups } = dynamodb;
    this.#parts = parts;
    const arnPrefix = this.#arnPrefix;
    this.vaults = new Vaults({ clock, arnPrefix, pointsIn: (vault) => this.points.in(vault).length });
    this.holds = new LegalHolds(clock, randomStream(seed, 'legal holds'), arnPrefix);
    this.points = new RecoveryPoints({
      clock,
      random: randomStream(seed, 'recovery points'),
      vaults: this.vaults,
      backups,
      holds: this.holds,
      arnPrefix,
      mayDelete: (roleArn, backupArn) => this.#may(roleArn, 'dynamodb:DeleteBackup', backupArn),
    });
    this.#tagged = new Tagged(this.vaults, this.points);
    const ofJobs = {
      clock,
      accountId,
      tableArnPrefix: `arn:aws:dynamodb:${region}:${accountId}`,
      points: this.points,
      events: new JobEvents(clock, bus, randomStream(seed, 'job events')),
      may: (roleArn: string, action: string, resource: string) => this.#may(roleArn, action, resource),
    };
    const ofCopies = { keys, vaults: this.vaults, time: parts.jobTime, inUse: new Set<string>() };
    this.jobs = new BackupJobs({
      ...ofJobs,
      ...ofCopies,
      random: randomStream(seed, 'backup jobs'),
      tables,
      backups,
      demandOptIn: () => { this.settings.demandOptIn(); }, // prettier-ignore
      isAdvanced: () => this.settings.isAdvanced,
    });
    this.copyJobs = new CopyJobs({
      ...ofJobs,
      ...ofCopies,
      random: randomStream(seed, 'copy jobs'),
      destinationAt: (vaultArn) => parts.regional(vaultArn)?.destination(vaultArn),
      demandAdvanced: () => { this.settings.demandAdvanced('A copy'); }, // prettier-ignore
      mayCrossAccounts: () => parts.globalSettings.isCrossAccountBackupEnabled,
    });
    const random = randomStream(seed, 'restore jobs');
    this.restoreJobs = new RestoreJobs({ ...ofJobs, random, restores: dynamodb.restores });
  }

  service(): Service {
    const operations = {
      ...this.#vaultOperations(),
      ...this.#jobOperations(),
      ...this.#pointOperations(),
      ...this.#settingsOperations(),
    };
    const worded = Object.entries(operations).map(([name, operation]) => [name, inWordsOfBackup(operation)] as const);
    return {
      name: 'backup',
      contentType: 'application/json',
      operations: Object.fromEntries(worded),
      answer: backupAnswer,
      errorBody: ({ name, message, fields }) => ({ Code: name, Message: message, Type: 'Client', ...fields }),
    };
  }

  /** The vault of this Region with an ARN, for copies into it. */
  destination(vaultArn: string): Destination | undefined {
    const vault = this.vaults.all.find(({ arn }) => arn === vaultArn);
    return vault && { vault, points: this.points, keys: this.#parts.keys };
  }

  /** Throws AccessDeniedException unless the caller's role allows a call, and no policy of the vault that it is about denies it. */
  authorize(call: ApiCall): void {
    const { roleArn } = call.caller;
    const permissions = requiredPermissions(call, this.#arnPrefix);
    for (const { action, resource, facts } of permissions) {
      const known = new Map([...facts, ...this.#resourceTags(resource)]);
      if (roleArn !== undefined) this.#parts.roles.demand(roleArn, action, resource, known);
    }
    const [own] = permissions;
    const vault = this.#vaultOf(call);
    if (own && vault) this.#demandNoDenial(vault, own, roleArn);
  }

  #vaultOperations(): Record<string, Operation> {
    const { vaults } = this;
    return {
      CreateBackupVault: (call) => vaults.create(call),
      DescribeBackupVault: (call) => vaults.describe(call),
      ListBackupVaults: (call) => vaults.list(call),
      DeleteBackupVault: (call) => { vaults.delete(call); }, // prettier-ignore
      PutBackupVaultAccessPolicy: (call) => { vaults.putPolicy(call); }, // prettier-ignore
      GetBackupVaultAccessPolicy: (call) => vaults.getPolicy(call),
      DeleteBackupVaultAccessPolicy: (call) => { vaults.deletePolicy(call); }, // prettier-ignore
      PutBackupVaultLockConfiguration: (call) => { vaults.putLock(call); }, // prettier-ignore
      DeleteBackupVaultLockConfiguration: (call) => { vaults.deleteLock(call); }, // prettier-ignore
    };
  }

  #jobOperations(): Record<string, Operation> {
    const { jobs, copyJobs, restoreJobs } = this;
    return {
      StartBackupJob: (call) => jobs.start(call),
      StopBackupJob: (call) => { jobs.stop(call); }, // prettier-ignore
      DescribeBackupJob: (call) => jobs.describe(call),
      ListBackupJobs: (call) => jobs.list(call),
      StartCopyJob: (call) => copyJobs.start(call),
      DescribeCopyJob: (call) => copyJobs.describe(call),
      ListCopyJobs: (call) => copyJobs.list(call),
      StartRestoreJob: (call) => restoreJobs.start(call),
      DescribeRestoreJob: (call) => restoreJobs.describe(call),
      ListRestoreJobs: (call) => restoreJobs.list(call),
      PutRestoreValidationResult: (call) => restoreJobs.putValidation(call),
    };
  }

  #pointOperations(): Record<string, Operation> {
    const { points, holds } = this;
    const tagged = this.#tagged;
    return {
      DescribeRecoveryPoint: (call) => points.describe(call),
      ListRecoveryPointsByBackupVault: (call) => points.listByVault(call),
      ListRecoveryPointsByResource: (call) => points.listByResource(call),
      DeleteRecoveryPoint: (call) => { points.delete(call); }, // prettier-ignore
      UpdateRecoveryPointLifecycle: (call) => points.updateLifecycle(call),
      CreateLegalHold: (call) => holds.create(call),
      CancelLegalHold: (call) => holds.cancel(call),
      ListLegalHolds: (call) => holds.list(call),
      ListRecoveryPointsByLegalHold: (call) =>
        holds.listPoints(
          call,
          points.all.filter(({ goneAt }) => goneAt === undefined),
        ),
      ListTags: (call) => tagged.list(call),
      TagResource: (call) => { tagged.put(call); }, // prettier-ignore
      UntagResource: (call) => { tagged.remove(call); }, // prettier-ignore
    };
  }

  #settingsOperations(): Record<string, Operation> {
    const { settings } = this;
    const { globalSettings, clock } = this.#parts;
    return {
      DescribeRegionSettings: () => settings.describe(),
      UpdateRegionSettings: (call) => { settings.update(call); }, // prettier-ignore
      DescribeGlobalSettings: () => globalSettings.describe(),
      UpdateGlobalSettings: (call) => { globalSettings.update(call, clock.now); }, // prettier-ignore
    };
  }

  get #arnPrefix(): string {
    return `arn:aws:backup:${this.#parts.region}:${this.#parts.accountId}`;
  }

  /** Whether a role that AWS Backup works with may do something. */
  #may(roleArn: string, action: string, resource: string): boolean {
    try {
      this.#parts.roles.demand(roleArn, action, resource);
      return true;
    } catch (error) {
      if (error instanceof AwsError) return false;
      throw error;
    }
  }

  #resourceTags(arn: string): [string, string][] {
    return [...(this.#tagged.of(arn) ?? [])].map(([key, value]) => [`aws:resourcetag/${key.toLowerCase()}`, value]);
  }

  /** The vault that a call names, or that holds the point which it names. */
  #vaultOf({ input }: ApiCall): Vault | undefined {
    const name = input.BackupVaultName ?? input.SourceBackupVaultName;
    return typeof name === 'string' ? this.vaults.get(name) : this.points.find(String(input.RecoveryPointArn))?.vault;
  }

  #demandNoDenial({ policy }: Vault, { action, resource, facts }: Permission, roleArn: string | undefined): void {
    if (policy === undefined) return;
    const arn = roleArn ?? `arn:aws:iam::${this.#parts.accountId}:root`;
    const context = new Map([...facts, ['aws:principalarn', arn], ['aws:principalaccount', this.#parts.accountId]]);
    const decision = decideByResourcePolicy(JSON.parse(policy), { arn }, { action, resource, context });
    if (decision !== 'denied explicitly') return;
    const message = `User: ${arn} is not authorized to perform: ${action} on resource: ${resource} with an explicit deny in a resource-based policy`;
    throw new AwsError('AccessDeniedException', message, 403);
  }
}
