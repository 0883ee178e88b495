import { AwsError } from '../aws-error.ts';
import type { VirtualClock } from '../clock.ts';
import type { ApiCall } from '../front.ts';
import { Input } from '../input.ts';
import { managedKeyIds } from '../kms.ts';
import { invalidParameter, invalidRequest, notFound } from './backup-errors.ts';
import { pageOf } from './paging.ts';
import { describeVault, tagsFrom, type Vault } from './vault.ts';
import { changeLock, lockFrom } from './vault-lock.ts';

interface VaultsParts {
  readonly clock: VirtualClock;
  /** `arn:PARTITION:backup:REGION:ACCOUNT`. */
  readonly arnPrefix: string;
  /** How many recovery points there are in a vault. */
  readonly pointsIn: (vault: Vault) => number;
}

export const vaultNameRule = { pattern: /^[a-zA-Z0-9\-_]{2,50}$/ };
/** Source: AWS Backup quotas. */
const mostVaults = 300;

/** The vaults of one Region, and who may use them. */
export class Vaults {
  readonly #parts: VaultsParts;
  readonly #byName = new Map<string, Vault>();

  constructor(parts: VaultsParts) {
    this.#parts = parts;
  }

  get all(): Vault[] {
    return [...this.#byName.values()];
  }

  get(name: string): Vault | undefined {
    return this.#byName.get(name);
  }

  require(name: string): Vault {
    const vault = this.#byName.get(name);
    if (!vault) throw notFound(`Backup vault ${name} does not exist`);
    return vault;
  }

  /** The vault that a request names. */
  named(call: ApiCall): Vault {
    return this.require(new Input(call.input).text('BackupVaultName', vaultNameRule));
  }

  /** Creates a vault from the members of CreateBackupVault. */
  add(members: Readonly<Record<string, unknown>>): Vault {
    const input = new Input(members);
    const name = input.text('BackupVaultName', vaultNameRule);
    const key = input.optionalText('EncryptionKeyArn');
    if (key?.startsWith('arn:') === false)
      throw invalidParameter(`EncryptionKeyArn must be the ARN of a key, got ${key}`);
    if (this.#byName.size >= mostVaults)
      throw new AwsError('LimitExceededException', `only ${mostVaults} vaults are allowed`);
    const vault: Vault = {
      name,
      arn: `${this.#parts.arnPrefix}:backup-vault:${name}`,
      createdAt: this.#parts.clock.now,
      encryptionKeyArn: key ?? `${this.#parts.arnPrefix.replace(':backup:', ':kms:')}:key/${managedKeyIds.backup}`,
      hasOwnKey: key !== undefined,
      creatorRequestId: input.optionalText('CreatorRequestId'),
      tags: tagsFrom(input.members.BackupVaultTags),
      policy: undefined,
      lock: undefined,
    };
    this.#byName.set(name, vault);
    return vault;
  }

  /** > Failed requests can be retried: the same CreatorRequestId creates nothing twice. */
  create(call: ApiCall): object {
    const input = new Input(call.input);
    const existing = this.#byName.get(input.text('BackupVaultName', vaultNameRule));
    const requestId = input.optionalText('CreatorRequestId');
    const isRetry = requestId !== undefined && existing?.creatorRequestId === requestId;
    if (existing && !isRetry)
      throw new AwsError('AlreadyExistsException', 'Backup vault with the same name already exists', 400, {
        Arn: existing.arn,
        CreatorRequestId: existing.creatorRequestId,
      });
    const { name, arn, createdAt } = existing ?? this.add(call.input);
    return { BackupVaultName: name, BackupVaultArn: arn, CreationDate: createdAt / 1000 };
  }

  describe(call: ApiCall): object {
    return this.#described(this.named(call));
  }

  list(call: ApiCall): object {
    const type = new Input(call.input).optionalText('ByVaultType') ?? 'BACKUP_VAULT';
    const { rows, token } = pageOf(call, type === 'BACKUP_VAULT' ? this.all : [], ({ name }) => name);
    return { BackupVaultList: rows.map((vault) => this.#described(vault)), ...token };
  }

  /** > A vault can be deleted only if it is empty. */
  delete(call: ApiCall): void {
    const vault = this.named(call);
    const points = this.#parts.pointsIn(vault);
    if (points > 0)
      throw invalidRequest(`Backup vault ${vault.name} cannot be deleted: it contains ${points} recovery points`);
    this.#byName.delete(vault.name);
  }

  putPolicy(call: ApiCall): void {
    const vault = this.named(call);
    const policy = new Input(call.input).optionalText('Policy');
    if (policy !== undefined && !isJson(policy))
      throw invalidParameter('The specified policy cannot be added: it is not JSON');
    vault.policy = policy;
  }

  getPolicy(call: ApiCall): object {
    const { name, arn, policy } = this.named(call);
    if (policy === undefined) throw notFound(`Backup vault ${name} has no access policy`);
    return { BackupVaultName: name, BackupVaultArn: arn, Policy: policy };
  }

  deletePolicy(call: ApiCall): void {
    this.named(call).policy = undefined;
  }

  putLock(call: ApiCall): void {
    const { now } = this.#parts.clock;
    changeLock(this.named(call), lockFrom(new Input(call.input), now), now);
  }

  deleteLock(call: ApiCall): void {
    changeLock(this.named(call), undefined, this.#parts.clock.now);
  }

  #described(vault: Vault): object {
    return describeVault(vault, this.#parts.pointsIn(vault));
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
