import { DescribeBackupVaultCommand, DescribeRegionSettingsCommand, type BackupClient } from '@aws-sdk/client-backup';
import type { VaultLock } from '../domain/recovery-point-lifecycle.ts';
import type { Failure, Timing } from '../jobs/ports.ts';

/** What has to be known of a vault and its Region before anything is asked of them. Each throws when AWS does not answer. */
export interface VaultState {
  /** What the lock of the vault demands; `undefined` without a lock. */
  readonly lock: () => Promise<VaultLock | undefined>;
  /** Why AWS Backup would take no recovery point of a table here that is ours to keep; `undefined` when it would. */
  readonly obstacle: () => Promise<Failure | undefined>;
}

const trustMilliseconds = 5 * 60_000;

/** Reads the state of a vault, and believes it for five minutes. */
export function vaultState(client: BackupClient, vaultName: string, timing: Timing): VaultState {
  return {
    lock: remembered(timing, async () => {
      const vault = await client.send(new DescribeBackupVaultCommand({ BackupVaultName: vaultName }));
      return vault.Locked ? { minimumDays: vault.MinRetentionDays, maximumDays: vault.MaxRetentionDays } : undefined;
    }),
    obstacle: remembered(timing, async () => {
      const settings = await client.send(new DescribeRegionSettingsCommand({}));
      return whyNotHere(settings.ResourceTypeOptInPreference, settings.ResourceTypeManagementPreference);
    }),
  };
}

/** Asks once in a while; an answer that failed is not kept. */
function remembered<Answer>(timing: Timing, ask: () => Promise<Answer>): () => Promise<Answer> {
  let known: { readonly at: number; readonly answer: Promise<Answer> } | undefined;
  return () => {
    const now = timing.now().getTime();
    if (known && Math.abs(now - known.at) < trustMilliseconds) return known.answer;
    const answer = ask();
    known = { at: now, answer };
    answer.catch(() => (known = undefined));
    return answer;
  };
}

type Preferences = Readonly<Record<string, boolean>> | undefined;

/** > Only recovery points that AWS Backup fully manages can carry tags, and without tags nobody knows whose they are. */
function whyNotHere(optIn: Preferences, management: Preferences): Failure | undefined {
  if (optIn?.DynamoDB === false) return notOptedIn('is not opted in for DynamoDB', 'opt-in');
  return management?.DynamoDB === true
    ? undefined
    : notOptedIn('has its advanced features for DynamoDB switched off', 'management');
}

function notOptedIn(what: string, preference: string): Failure {
  const remedy = `aws backup update-region-settings --resource-type-${preference}-preference DynamoDB=true`;
  return { kind: 'not-opted-in', message: `AWS Backup ${what} in this Region; switch it on: ${remedy}` };
}
