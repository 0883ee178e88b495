import { homeIn, type Home } from './arn.ts';
import { awsBackupOptions, type AwsBackupOptions } from './aws-backup-options.ts';
import type { CopyRule } from './copy-rules.ts';
import type { Plan } from './plan.ts';
import { formatVaultArn, parseVaultArn } from './vault-arn.ts';

/** A vault that copies go to. */
export interface CopyDestination {
  readonly vaultArn: string;
  readonly vaultName: string;
  readonly region: string;
  /** Whether it is of the account of the deployment: copies in others can be neither seen nor deleted from here. */
  readonly isOwnAccount: boolean;
}

/** One rule of a plan, and the vault it is about. */
export interface CopyPlace {
  readonly rule: CopyRule;
  readonly destination: CopyDestination;
}

/** Who copies. */
export interface CopySource {
  readonly owner: string;
  /** ARN of anything of the deployment that names its account and Region. */
  readonly homeArn: string;
}

const copyVaultPrefix = 'dynamodb-copies-';

/**
 * The name of the vault that a deployment has in another Region for its copies, at most 50 characters.
 * > It names the Region they come from: where deployments of one owner live in several Regions, none judges the copies of another.
 */
export function copyVaultName(owner: string, homeRegion: string): string {
  return `${copyVaultPrefix}${owner}-${homeRegion}`;
}

/** The name of the table beside such a vault, in which the settings are that its copies are re-armed with: that of the vault. */
export function copySettingsTableName(owner: string, homeRegion: string): string {
  return copyVaultName(owner, homeRegion);
}

/** The copies that a plan wants of its recovery points; none of a plan that is not of AWS Backup. */
export function copyRulesOf({ backup }: Pick<Plan, 'backup'>): readonly CopyRule[] {
  return backup.engine === 'aws-backup' ? (awsBackupOptions(backup).copies ?? []) : [];
}

export function copyPlaces(plan: Plan, { owner, homeArn }: CopySource): readonly CopyPlace[] {
  return copyRulesOf(plan).map((rule) => ({ rule, destination: destinationOf(rule, owner, homeIn(homeArn)) }));
}

/** The place of a plan's copies that is this vault, for whoever is told the vault only; undefined when the plan copies to no such one. */
export function copyPlaceAt(plan: Plan, vaultArn: string): CopyPlace | undefined {
  const vault = parseVaultArn(vaultArn);
  const isIt = (rule: CopyRule) =>
    rule.vaultArn === undefined
      ? rule.region === vault?.region && vault.vaultName.startsWith(copyVaultPrefix)
      : rule.vaultArn === vaultArn;
  const rule = copyRulesOf(plan).find(isIt);
  const destination = ownDestination(vaultArn);
  return destination && rule && { rule, destination };
}

/** A vault of the account of the deployment, for whoever is told its ARN only; undefined when that is of no vault. */
export function ownDestination(vaultArn: string): CopyDestination | undefined {
  const vault = parseVaultArn(vaultArn);
  return vault && { vaultArn, vaultName: vault.vaultName, region: vault.region, isOwnAccount: true };
}

/** Where the settings of what is in a vault are. */
export interface SettingsTable {
  readonly region: string;
  readonly tableName: string;
}

/** > Beside the vaults that the deployment itself has in other Regions lies a table with settings; beside all others, of whatever name, lies none. */
export function settingsBeside(vaultArn: string, { owner, homeArn }: CopySource): SettingsTable | undefined {
  const vault = parseVaultArn(vaultArn);
  const home = homeIn(homeArn);
  const tableName = copySettingsTableName(owner, home.region);
  if (vault?.vaultName !== tableName || vault.account !== home.account) return undefined;
  return { region: vault.region, tableName };
}

function destinationOf({ region, vaultArn }: CopyRule, owner: string, home: Home): CopyDestination {
  const given = vaultArn === undefined ? undefined : parseVaultArn(vaultArn);
  const vault = given ?? { ...home, region, vaultName: copyVaultName(owner, home.region) };
  return {
    vaultArn: formatVaultArn(vault),
    vaultName: vault.vaultName,
    region: vault.region,
    isOwnAccount: vault.account === home.account,
  };
}

/** The plan as it holds for the copies in one place: with their own `keep` and their own cold storage. */
export function planOfCopies(plan: Plan, { keep, coldAfterDays }: CopyRule): Plan {
  const { startWindowMinutes, completionWindowMinutes } = awsBackupOptions(plan.backup);
  const awsBackup: AwsBackupOptions = { startWindowMinutes, completionWindowMinutes, coldAfterDays };
  return { ...plan, keep, backup: { ...plan.backup, awsBackup } };
}
