import { decideByResourcePolicy } from '../iam/resource-policy.ts';
import type { Keys } from '../kms.ts';
import type { CopyJob } from './copy-job.ts';
import type { RecoveryPoints } from './recovery-points.ts';
import type { Vault } from './vault.ts';
import { refusedByLock } from './vault-lock.ts';

/** Where a copy goes. */
export interface Destination {
  readonly vault: Vault;
  readonly points: RecoveryPoints;
  /** The keys of the destination's account. */
  readonly keys: Keys;
}

interface CopyRules {
  readonly keys: Keys;
  readonly may: (roleArn: string, action: string, resource: string) => boolean;
  readonly mayCrossAccounts: () => boolean;
}

/** The organization that every account of a sandbox belongs to. */
const organizationId = 'o-sandbox000';

function accountOf(arn: string): string {
  return arn.split(':')[4] ?? '';
}

/** What the policy of the destination says to the role of a copy job. */
function saidByPolicy(
  { roleArn, accountId }: CopyJob,
  { arn, policy }: Vault,
): ReturnType<typeof decideByResourcePolicy> {
  if (policy === undefined) return 'not allowed';
  const context = new Map([
    ['aws:principalarn', roleArn],
    ['aws:principalaccount', accountId],
    ['aws:principalorgid', organizationId],
  ]);
  const question = { action: 'backup:CopyIntoBackupVault', resource: arn, context };
  return decideByResourcePolicy(JSON.parse(policy), { arn: roleArn }, question);
}

/** > Another account's vault has to allow backup:CopyIntoBackupVault; in one's own account nothing may deny it. */
function refusedByPolicy(job: CopyJob, vault: Vault): boolean {
  const said = saidByPolicy(job, vault);
  return said === 'denied explicitly' || (accountOf(vault.arn) !== job.accountId && said !== 'allowed');
}

/** Why a copy job cannot begin; undefined when it can. */
export function refusedCopy(job: CopyJob, destination: Destination | undefined, rules: CopyRules): string | undefined {
  const { source, roleArn, destinationVaultArn } = job;
  if (!destination) return `the vault ${destinationVaultArn} does not exist`;
  const { vault } = destination;
  if (accountOf(vault.arn) !== job.accountId && !rules.mayCrossAccounts())
    return 'cross-account backup is not enabled: turn it on with UpdateGlobalSettings (isCrossAccountBackupEnabled)';
  if (!rules.may(roleArn, 'backup:CopyIntoBackupVault', vault.arn))
    return `IAM Role ${roleArn} does not have sufficient permissions: backup:CopyIntoBackupVault on ${vault.arn}`;
  const mayRead = [source.arn, source.vault.arn].some((arn) => rules.may(roleArn, 'backup:CopyFromBackupVault', arn));
  if (!mayRead) return `IAM Role ${roleArn} does not have sufficient permissions: backup:CopyFromBackupVault`;
  if (refusedByPolicy(job, vault))
    return `Access denied: the policy of ${vault.arn} does not allow backup:CopyIntoBackupVault`;
  if (!rules.keys.isUsable(source.vault.encryptionKeyArn))
    return `the key ${source.vault.encryptionKeyArn} is not usable`;
  if (!destination.keys.isUsable(vault.encryptionKeyArn)) return `the key ${vault.encryptionKeyArn} is not usable`;
  return refusedByLock(vault, job.lifecycle);
}
