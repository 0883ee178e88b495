import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { BackupVault, type LockConfiguration } from 'aws-cdk-lib/aws-backup';
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement, type IRole } from 'aws-cdk-lib/aws-iam';
import { Key, type IKey } from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { Ledger } from './constructs/ledger.ts';
import type { VaultLockProps } from './vault-props.ts';

export interface VaultStackProps extends StackProps {
  readonly vaultName: string;
  /** The only role that may delete recovery points. */
  readonly pruneRole: IRole;
  /** `own` for one of the stack. @default - AWS's own key for AWS Backup */
  readonly encryptionKey: IKey | 'own' | undefined;
  /**
   * Name of a table beside the vault, in which the settings are that restored copies are given back: what another Region keeps of them is lost
   * with it. @default - none
   */
  readonly settingsTableName?: string;
  /** @default - not locked */
  readonly lock?: VaultLockProps | undefined;
}

/** Keeps recovery points of one account and Region, in a vault that outlives its stack. */
export class VaultStack extends Stack {
  constructor(scope: Construct, id: string, props: VaultStackProps) {
    super(scope, id, props);
    const { vaultName, pruneRole, lock } = props;
    const encryptionKey = props.encryptionKey === 'own' ? this.ownKey() : props.encryptionKey;
    const vault = new BackupVault(this, 'Vault', {
      backupVaultName: vaultName,
      accessPolicy: onlyDeletedBy(pruneRole),
      removalPolicy: RemovalPolicy.RETAIN,
      ...(encryptionKey && { encryptionKey }),
      ...(lock && { lockConfiguration: lockConfiguration(lock) }),
    });
    if (props.settingsTableName !== undefined) this.keepSettings(props.settingsTableName, encryptionKey !== undefined);
    new CfnOutput(this, 'VaultName', { value: vault.backupVaultName });
  }

  /** > No key of the stack encrypts it: whoever writes it lives in another Region, and cannot name that key. */
  private keepSettings(tableName: string, mayUseKeys: boolean): void {
    const ledger = new Ledger(this, 'Settings', { tableName, encryptionKey: mayUseKeys ? 'aws-managed' : undefined });
    new CfnOutput(this, 'SettingsTableName', { value: ledger.tableName });
  }

  /** > It outlives its stack, for without it no recovery point of the vault could be restored. */
  private ownKey(): IKey {
    return new Key(this, 'Key', {
      description: 'Copies of DynamoDB backups',
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }
}

/** > Whoever is not the pruner cannot delete a recovery point or shorten its life, whatever their own policies say. */
function onlyDeletedBy(role: IRole): PolicyDocument {
  return new PolicyDocument({
    statements: [
      new PolicyStatement({
        sid: 'OnlyPruneDeletes',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['backup:DeleteRecoveryPoint', 'backup:UpdateRecoveryPointLifecycle'],
        resources: ['*'],
        conditions: { ArnNotEquals: { 'aws:PrincipalArn': role.roleArn } },
      }),
    ],
  });
}

const usualGrace = Duration.days(7);

function lockConfiguration(lock: VaultLockProps): LockConfiguration {
  const { mode, minimumRetention = Duration.days(1), maximumRetention, changeableFor = usualGrace } = lock;
  return {
    minRetention: minimumRetention,
    ...(maximumRetention && { maxRetention: maximumRetention }),
    ...(mode === 'compliance' && { changeableFor }),
  };
}
