import { ArnFormat, type Stack } from 'aws-cdk-lib';
import { copyRulesOf, copyVaultName } from '../lambda/domain/copy-destination.ts';
import type { Plan } from '../lambda/domain/plan.ts';
import { parseVaultArn } from '../lambda/domain/vault-arn.ts';

/** A vault that copies go to. */
export interface CopyVault {
  readonly vaultArn: string;
  readonly region: string;
  /** `deployed` by the app in another Region; `existing` in the own account; `foreign` in another. */
  readonly kind: 'deployed' | 'existing' | 'foreign';
}

/** The vaults that the plans of a deployment copy to, each once. Plans that pass `copyFaults` only. */
export function copyVaults(stack: Stack, plans: readonly Plan[], owner: string): readonly CopyVault[] {
  const vaults = plans.flatMap(copyRulesOf).map(({ region, vaultArn }): CopyVault => {
    if (vaultArn === undefined) return { vaultArn: deployedArn(stack, owner, region), region, kind: 'deployed' };
    const isForeign = parseVaultArn(vaultArn)?.account !== stack.account;
    return { vaultArn, region, kind: isForeign ? 'foreign' : 'existing' };
  });
  return [...new Map(vaults.map((vault) => [vault.vaultArn, vault])).values()];
}

function deployedArn(stack: Stack, owner: string, region: string): string {
  return stack.formatArn({
    service: 'backup',
    region,
    resource: 'backup-vault',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    resourceName: copyVaultName(owner, stack.region),
  });
}
