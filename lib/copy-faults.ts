import { type Stack, Token } from 'aws-cdk-lib';
import { copyRulesOf, copyVaultName } from '../lambda/domain/copy-destination.ts';
import type { CopyRule } from '../lambda/domain/copy-rules.ts';
import { partitionOf } from '../lambda/domain/arn.ts';
import type { Plan } from '../lambda/domain/plan.ts';
import { parseVaultArn, type VaultArn } from '../lambda/domain/vault-arn.ts';
import { unknownRegionFault } from './scheduler-regions.ts';

/** Where copies come from. */
interface Source {
  readonly owner: string;
  /** The vault of the deployment. */
  readonly vaultName: string;
}

/**
 * Names the copies of a plan that cannot be made from where the stack lives.
 * > A copy goes to another vault than that of the plan: to one that the app deploys to another Region of its account and partition, or to one
 * > that `vaultArn` names.
 */
export function copyFaults(stack: Stack, plan: Plan, source: Source): string[] {
  const places = copyRulesOf(plan).map(({ region, vaultArn }) => placeOf(stack, region, vaultArn, source));
  return copyRulesOf(plan).flatMap((rule, nth) => {
    const fault = whyNotTo(stack, rule, source);
    const path = `plans.${plan.name}.backup.awsBackup.copies.${nth}`;
    if (fault !== undefined) return [`${path}.${fault}`];
    const first = places.indexOf(places[nth] ?? '');
    return first === nth ? [] : [`${path}.vaultArn must be another vault than that of copies.${first}`];
  });
}

function whyNotTo(stack: Stack, { region, vaultArn, drill }: CopyRule, source: Source): string | undefined {
  if (Token.isUnresolved(stack.region))
    return `region must be left out, with its copy, unless the Region of the deployment itself is known at synth: choose it with env or -c region, got '${region}'`;
  const unknown = unknownRegionFault(region);
  if (unknown !== undefined) return `region ${unknown}`;
  const [here, there] = [partitionOf(stack.region), partitionOf(region)];
  if (here !== there) return `region must be a Region of partition ${here}, got '${region}' of ${there}`;
  const vault = vaultArn === undefined ? undefined : parseVaultArn(vaultArn);
  const why = vault ? whyNotInto(stack, vault, source) : whyNotDeployedTo(stack, region);
  return why ?? (drill ? whyNotDrilled(stack, region, vault) : undefined);
}

/** > Copies are drilled where the deployment can restore them, which is in its own account, and where they are another series than its own drills. */
function whyNotDrilled(stack: Stack, region: string, vault: VaultArn | undefined): string | undefined {
  if (vault && vault.account !== stack.account)
    return `drill must be left out for copies in another account, which cannot be restored from here, got true for ${vault.account}`;
  if (region !== stack.region) return undefined;
  return `drill must be left out for copies in the deployment's own Region, whose drills say how long a restore takes there, got true in ${region}`;
}

function whyNotDeployedTo(stack: Stack, region: string): string | undefined {
  if (region !== stack.region) return undefined;
  return `region must be another Region than the ${region} of the deployment, unless vaultArn names another vault there, got '${region}'`;
}

/** > Whatever has the name of the vault that the deployment makes for copies is taken for it, with the settings beside it. */
function whyNotInto(stack: Stack, { region, account, vaultName }: VaultArn, source: Source): string | undefined {
  if (Token.isUnresolved(stack.account))
    return 'vaultArn must be left out unless the account of the deployment is known at synth: choose it with env or -c account';
  if (account === stack.account && vaultName === copyVaultName(source.owner, stack.region))
    return `vaultArn must be left out for the vault that the deployment itself makes for copies in another Region, got its name, ${vaultName}`;
  const isSource = region === stack.region && account === stack.account && vaultName === source.vaultName;
  return isSource ? `vaultArn must be another vault than that of the plan, got its own, ${vaultName}` : undefined;
}

/** Spelled alike for one vault, however a rule names it. */
function placeOf({ region: home, account }: Stack, region: string, vaultArn: string | undefined, { owner }: Source) {
  const vault = vaultArn === undefined ? undefined : parseVaultArn(vaultArn);
  return vault
    ? `${vault.region} ${vault.account} ${vault.vaultName}`
    : `${region} ${account} ${copyVaultName(owner, home)}`;
}
