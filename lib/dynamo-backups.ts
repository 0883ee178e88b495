import { Construct } from 'constructs';
import { copySettingsTableName, copyVaultName } from '../lambda/domain/copy-destination.ts';
import { BackupStack, type BackupStackProps } from './backup-stack.ts';
import type { DynamoBackupsProps } from './deployment-props.ts';
import { DrillStack } from './drill-stack.ts';
import { MonitoringStack } from './monitoring-stack.ts';
import { VaultStack } from './vault-stack.ts';

/** The names of a deployment's stacks. */
interface StackNames {
  readonly backup: string;
  readonly drill: string;
  readonly monitoring: string;
  readonly vault: string;
  /** In other Regions, each followed by the Region that the copies come from. */
  readonly copies: string;
}

/**
 * Scheduled backups and safe retention for the DynamoDB tables of an account: in one Region, or alike in several.
 *
 * @throws Error naming every fault of every plan at once
 */
export class DynamoBackups extends Construct {
  constructor(scope: Construct, id: string, props: DynamoBackupsProps) {
    super(scope, id);
    const { env, regions, ...deployment } = props;
    // A stack keeps its name, and so its owner id, when Regions are added or removed.
    const names = {
      backup: `${id}-Backup`,
      drill: `${id}-Drill`,
      monitoring: `${id}-Monitoring`,
      vault: `${id}-Vault`,
      copies: `${id}-Copies-`,
    };
    if (!regions) {
      this.deploy('', names, { ...deployment, ...(env && { env }) });
      return;
    }
    for (const region of new Set(regions)) this.deploy(`-${region}`, names, { ...deployment, env: { ...env, region } });
  }

  private deploy(suffix: string, names: StackNames, props: BackupStackProps): void {
    const backups = new BackupStack(this, `Backup${suffix}`, {
      ...props,
      stackName: names.backup,
    });
    const { deployment, ledger, encryptionKey } = backups;
    const { env, logRetention, monitoring, notify } = props;
    const shared = { deployment, ledger, encryptionKey, logRetention, ...(env && { env }) };
    const drills = deployment.plans.some(({ drill }) => drill)
      ? [new DrillStack(this, `Drill${suffix}`, { ...shared, stackName: names.drill })]
      : [];
    const { vault } = deployment;
    if (vault && vault.existing === undefined) {
      new VaultStack(this, `Vault${suffix}`, {
        ...(env && { env }),
        vaultName: vault.name,
        lock: vault.lock,
        pruneRole: backups.pruneRole,
        encryptionKey: vault.encryptionKey ?? encryptionKey,
        stackName: names.vault,
      });
    }
    this.deployCopyVaults(suffix, names, props, backups);
    if (monitoring === false) return;
    new MonitoringStack(this, `Monitoring${suffix}`, {
      ...shared,
      monitoring,
      notify,
      deadLetters: [backups, ...drills].flatMap(({ deadLetters }) => deadLetters),
      stackName: names.monitoring,
    });
  }

  /** > Each Region has vaults of its own for the copies of each other Region: none judges what another one made. */
  private deployCopyVaults(suffix: string, names: StackNames, props: BackupStackProps, backups: BackupStack): void {
    const { deployment, pruneRole, encryptionKey, region: home } = backups;
    for (const { region } of deployment.copyVaults.filter(({ kind }) => kind === 'deployed')) {
      const copies = new VaultStack(this, `Copies${suffix}-${region}`, {
        env: { ...props.env, region },
        vaultName: copyVaultName(deployment.owner, home),
        settingsTableName: copySettingsTableName(deployment.owner, home),
        lock: deployment.vault?.copies?.lock,
        pruneRole,
        encryptionKey: encryptionKey && 'own',
        stackName: `${names.copies}${home}`,
      });
      backups.addStackDependency(copies, 'nothing is copied to a vault, or looked for in it, that is not there yet');
    }
  }
}
