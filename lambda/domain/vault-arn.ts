import { partitionOf, type Home } from './arn.ts';

/** What the ARN of a vault says. */
export interface VaultArn extends Home {
  readonly vaultName: string;
}

const pattern =
  /^arn:(?<partition>aws|aws-cn|aws-us-gov):backup:(?<region>[a-z]{2}(?:-[a-z]+)+-\d{1,2}):(?<account>\d{12}):backup-vault:(?<vaultName>[a-zA-Z0-9_-]{2,50})$/;

/** Reads the ARN of a vault; undefined for anything else, also when partition and Region do not belong together. Never throws. */
export function parseVaultArn(arn: string): VaultArn | undefined {
  const groups = arn.length <= 256 ? pattern.exec(arn)?.groups : undefined;
  const { partition, region, account, vaultName } = groups ?? {};
  if (partition === undefined || region === undefined || account === undefined || vaultName === undefined)
    return undefined;
  return partition === partitionOf(region) ? { partition, region, account, vaultName } : undefined;
}

/** The same the other way round. */
export function formatVaultArn({ partition, region, account, vaultName }: VaultArn): string {
  return `arn:${partition}:backup:${region}:${account}:backup-vault:${vaultName}`;
}
