import { ArnFormat, type Stack } from 'aws-cdk-lib';
import { copyRulesOf, copySettingsTableName, copyVaultName } from '../lambda/domain/copy-destination.ts';
import type { CopyRule } from '../lambda/domain/copy-rules.ts';
import type { Plan } from '../lambda/domain/plan.ts';
import { parseVaultArn } from '../lambda/domain/vault-arn.ts';

/** A vault that copies go to. */
export interface CopyVault {
  readonly vaultArn: string;
  readonly region: string;
  /** `deployed` by the app in another Region; `existing` in the own account; `foreign` in another. */
  readonly kind: 'deployed' | 'existing' | 'foreign';
  /** ARN of the table with the settings of what is in it; missing where the app does not deploy it. */
  readonly settingsArn?: string;
}

/** The vaults that the plans of a deployment copy to, each once. Plans that pass `copyFaults` only. */
export function copyVaults(stack: Stack, plans: readonly Plan[], owner: string): readonly CopyVault[] {
  return vaultsOf(stack, plans.flatMap(copyRulesOf), owner);
}

/** Those of them whose copies are drilled. */
export function drilledVaults(stack: Stack, plans: readonly Plan[], owner: string): readonly CopyVault[] {
  const rules = plans.filter(({ drill }) => drill !== undefined).flatMap(copyRulesOf);
  return vaultsOf(
    stack,
    rules.filter(({ drill }) => drill === true),
    owner,
  );
}

function vaultsOf(stack: Stack, rules: readonly CopyRule[], owner: string): readonly CopyVault[] {
  const vaults = rules.map(({ region, vaultArn }): CopyVault => {
    if (vaultArn === undefined) return deployedIn(stack, owner, region);
    const isForeign = parseVaultArn(vaultArn)?.account !== stack.account;
    return { vaultArn, region, kind: isForeign ? 'foreign' : 'existing' };
  });
  return [...new Map(vaults.map((vault) => [vault.vaultArn, vault])).values()];
}

function deployedIn(stack: Stack, owner: string, region: string): CopyVault {
  const vaultArn = stack.formatArn({
    service: 'backup',
    region,
    resource: 'backup-vault',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    resourceName: copyVaultName(owner, stack.region),
  });
  const resourceName = copySettingsTableName(owner, stack.region);
  const settingsArn = stack.formatArn({ service: 'dynamodb', region, resource: 'table', resourceName });
  return { vaultArn, region, kind: 'deployed', settingsArn };
}
