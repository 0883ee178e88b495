import { awsBackups } from '../lambda/aws/aws-backups.ts';
import { createBackupClient, createClients, createKeyClient, createSettingsClients } from '../lambda/aws/clients.ts';
import { dynamoDbBackups } from '../lambda/aws/dynamodb-backups.ts';
import { DynamoDbDrillLedger } from '../lambda/aws/dynamodb-drill-ledger.ts';
import { restoreLedger } from '../lambda/aws/dynamodb-restore-ledger.ts';
import { DynamoDbRestores } from '../lambda/aws/dynamodb-restores.ts';
import { DynamoDbSettingsLedger } from '../lambda/aws/dynamodb-settings-ledger.ts';
import { pointRestores } from '../lambda/aws/recovery-point-restores.ts';
import { systemTiming as timing } from '../lambda/aws/system-timing.ts';
import { tableSettings } from '../lambda/aws/table-settings.ts';
import type { Log } from '../lambda/jobs/ports.ts';
import type { RestorePorts } from '../lambda/jobs/restore/ports.ts';

interface RestorePlaces {
  readonly ledger?: string;
  readonly vault?: string;
  readonly role?: string;
  /** Region of backups and ledger, where it is another one than that of the restored table. */
  readonly fromRegion?: string;
}

/** What a restore reads and writes: everything in one Region, unless the backups of DynamoDB are of another. */
export function restorePorts(
  { ledger, vault, role = '', fromRegion }: RestorePlaces,
  region: string,
  log: Log,
): RestorePorts {
  const here = createClients(region);
  const source = fromRegion === undefined ? here : createClients(fromRegion);
  const backup = createBackupClient(region);
  const place = vault === undefined ? undefined : { vaultName: vault, region, roleArn: role };
  const points = place && pointRestores({ backup, kms: createKeyClient(region) }, place);
  return {
    backups: place
      ? awsBackups(backup, { vaultName: place.vaultName, roleArn: undefined }, timing)
      : dynamoDbBackups(source, { listed: 'ALL' }),
    restores: new DynamoDbRestores(here, { source: source.dynamodb, points }),
    settings: tableSettings(createSettingsClients(region), timing),
    timing,
    log,
    ledger: ledger === undefined ? undefined : memoryOf(source.dynamodb, ledger),
  };
}

function memoryOf(client: ReturnType<typeof createClients>['dynamodb'], name: string): RestorePorts['ledger'] {
  return {
    restores: restoreLedger(client, name),
    snapshots: new DynamoDbSettingsLedger(client, name),
    drills: new DynamoDbDrillLedger(client, name),
  };
}
