import type { Route } from '../wire.ts';

const vault = '/backup-vaults/(?<BackupVaultName>[^/]+)';
const point = `${vault}/recovery-points/(?<RecoveryPointArn>[^/]+)`;

/** Source: service model of AWS Backup, 2018-11-15. A slash at the end makes no difference. */
const operations: readonly (readonly [operation: string, method: string, path: string])[] = [
  ['CreateBackupVault', 'PUT', vault],
  ['DescribeBackupVault', 'GET', vault],
  ['DeleteBackupVault', 'DELETE', vault],
  ['ListBackupVaults', 'GET', '/backup-vaults'],
  ['PutBackupVaultAccessPolicy', 'PUT', `${vault}/access-policy`],
  ['GetBackupVaultAccessPolicy', 'GET', `${vault}/access-policy`],
  ['DeleteBackupVaultAccessPolicy', 'DELETE', `${vault}/access-policy`],
  ['PutBackupVaultLockConfiguration', 'PUT', `${vault}/vault-lock`],
  ['DeleteBackupVaultLockConfiguration', 'DELETE', `${vault}/vault-lock`],
  ['StartBackupJob', 'PUT', '/backup-jobs'],
  ['StopBackupJob', 'POST', '/backup-jobs/(?<BackupJobId>[^/]+)'],
  ['DescribeBackupJob', 'GET', '/backup-jobs/(?<BackupJobId>[^/]+)'],
  ['ListBackupJobs', 'GET', '/backup-jobs'],
  ['ListRecoveryPointsByBackupVault', 'GET', `${vault}/recovery-points`],
  ['ListRecoveryPointsByResource', 'GET', '/resources/(?<ResourceArn>[^/]+)/recovery-points'],
  ['DescribeRecoveryPoint', 'GET', point],
  ['DeleteRecoveryPoint', 'DELETE', point],
  ['StartCopyJob', 'PUT', '/copy-jobs'],
  ['DescribeCopyJob', 'GET', '/copy-jobs/(?<CopyJobId>[^/]+)'],
  ['ListCopyJobs', 'GET', '/copy-jobs'],
  ['StartRestoreJob', 'PUT', '/restore-jobs'],
  ['DescribeRestoreJob', 'GET', '/restore-jobs/(?<RestoreJobId>[^/]+)'],
  ['ListRestoreJobs', 'GET', '/restore-jobs'],
  ['PutRestoreValidationResult', 'PUT', '/restore-jobs/(?<RestoreJobId>[^/]+)/validations'],
  ['DescribeRegionSettings', 'GET', '/account-settings'],
  ['UpdateRegionSettings', 'PUT', '/account-settings'],
  ['DescribeGlobalSettings', 'GET', '/global-settings'],
  ['UpdateGlobalSettings', 'PUT', '/global-settings'],
  ['UpdateRecoveryPointLifecycle', 'POST', point],
  ['CreateLegalHold', 'POST', '/legal-holds'],
  ['ListLegalHolds', 'GET', '/legal-holds'],
  ['ListRecoveryPointsByLegalHold', 'GET', '/legal-holds/(?<LegalHoldId>[^/]+)/recovery-points'],
  ['CancelLegalHold', 'DELETE', '/legal-holds/(?<LegalHoldId>[^/]+)'],
  ['ListTags', 'GET', '/tags/(?<ResourceArn>[^/]+)'],
  ['TagResource', 'POST', '/tags/(?<ResourceArn>[^/]+)'],
  ['UntagResource', 'POST', '/untag/(?<ResourceArn>[^/]+)'],
];

/** Parameters of query strings whose member has another name than they with a capital letter. */
const filters = new Set([
  'accountId',
  'backupPlanId',
  'backupVaultName',
  'completeAfter',
  'completeBefore',
  'createdAfter',
  'createdBefore',
  'destinationVaultArn',
  'messageCategory',
  'parentJobId',
  'parentRecoveryPointArn',
  'resourceArn',
  'resourceType',
  'restoreTestingPlanArn',
  'shared',
  'sourceRecoveryPointArn',
  'state',
  'status',
  'vaultType',
]);

function memberNamed(parameter: string): string {
  const capital = parameter.charAt(0).toUpperCase() + parameter.slice(1);
  return filters.has(parameter) ? `By${capital}` : capital;
}

function members(query: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(query).map(([name, value]) => [memberNamed(name), value]));
}

export const backupRoutes: readonly Route[] = operations.map(([operation, method, path]) => ({
  service: 'backup',
  operation,
  method,
  path: new RegExp(`^${path}/?$`),
  members,
}));
