/** What Vault Lock demands of a vault. Days that are undefined are not limited. */
export interface VaultLock {
  readonly minRetentionDays: number | undefined;
  readonly maxRetentionDays: number | undefined;
  /** From then on nobody can change or remove the lock; undefined for a lock that can be removed for ever (governance mode). */
  readonly immutableFrom: number | undefined;
}

/** One vault of a Region of the account. */
export interface Vault {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  readonly encryptionKeyArn: string;
  readonly hasOwnKey: boolean;
  readonly creatorRequestId: string | undefined;
  readonly tags: Map<string, string>;
  /** The access policy as it was put. */
  policy: string | undefined;
  lock: VaultLock | undefined;
}

/** A vault as DescribeBackupVault answers it. */
export function describeVault(vault: Vault, numberOfRecoveryPoints: number): object {
  const { lock } = vault;
  return {
    BackupVaultName: vault.name,
    BackupVaultArn: vault.arn,
    VaultType: 'BACKUP_VAULT',
    VaultState: 'AVAILABLE',
    EncryptionKeyArn: vault.encryptionKeyArn,
    EncryptionKeyType: vault.hasOwnKey ? 'CUSTOMER_MANAGED_KMS_KEY' : 'AWS_OWNED_KMS_KEY',
    CreationDate: vault.createdAt / 1000,
    CreatorRequestId: vault.creatorRequestId,
    NumberOfRecoveryPoints: numberOfRecoveryPoints,
    Locked: lock !== undefined,
    MinRetentionDays: lock?.minRetentionDays,
    MaxRetentionDays: lock?.maxRetentionDays,
    ...(lock?.immutableFrom !== undefined && { LockDate: lock.immutableFrom / 1000 }),
  };
}

/** Tags in the words of the API: a map. */
export function tagsFrom(value: unknown): Map<string, string> {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return new Map(entries.map(([key, text]) => [key, String(text)]));
}
