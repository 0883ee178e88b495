import type { Backups, BackupsOf, Timing } from '../jobs/ports.ts';
import { awsBackups, type AwsBackupsOptions } from './aws-backups.ts';
import type { VaultPlace } from './backup-job-requests.ts';
import { createBackupClient, type Clients } from './clients.ts';
import { dynamoDbBackups } from './dynamodb-backups.ts';

/** The backups of both engines. Without a vault, no plan of the deployment is of AWS Backup, and asking for it throws. */
export function backupEngines(
  clients: Clients,
  vault: VaultPlace | undefined,
  timing: Timing,
  options: AwsBackupsOptions = {},
): BackupsOf {
  const dynamodb = dynamoDbBackups(clients);
  let recoveryPoints: Backups | undefined;
  return (engine) => {
    if (engine === 'dynamodb') return dynamodb;
    if (!vault) throw new Error('the plan is of AWS Backup, and this function was deployed without a vault');
    return (recoveryPoints ??= awsBackups(createBackupClient(), vault, timing, options));
  };
}
