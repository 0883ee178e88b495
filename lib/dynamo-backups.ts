import { Construct } from 'constructs';
import { BackupStack } from './backup-stack.ts';
import type { DynamoBackupsProps } from './deployment-props.ts';

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
    const stackName = `${id}-Backup`;
    if (!regions) {
      new BackupStack(this, 'Backup', { ...deployment, stackName, ...(env && { env }) });
      return;
    }
    for (const region of new Set(regions)) {
      new BackupStack(this, `Backup-${region}`, { ...deployment, stackName, env: { ...env, region } });
    }
  }
}
