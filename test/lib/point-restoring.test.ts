import { describe, expect, test } from '@jest/globals';
import type { PlanProps } from '../../lib/plan-props.ts';
import { aDrillingPlan, aDrillStack, aVaultedPlan, propertiesOf, resourcesOf } from './deploy.ts';
import { decide, roleStatements, type Statement } from './iam-simulation.ts';

const place = 'eu-west-1:123456789012';
const table = `arn:aws:dynamodb:${place}:table`;
const point = `arn:aws:backup:${place}:recovery-point:0a1b`;
const vault = `arn:aws:backup:${place}:backup-vault:dynamodb-backups-team0001`;
const drillTable = `${table}/ddb-drill-team0001-0123456789abcdef`;
const drill = { schedule: 'cron(0 6 ? * SUN *)' };

function rolesOf(plan: PlanProps): Map<string, Statement[]> {
  return roleStatements(resourcesOf(aDrillStack({ owner: 'team0001', plans: { orders: plan } })));
}

const vaulted = rolesOf(aVaultedPlan({ drill }));
const may = (role: string, action: string, resource: string, roles = vaulted) =>
  decide(roles.get(role) ?? [], { action, resource }) === 'allowed';

describe('what restores recovery points', () => {
  test('the drill may ask for it, look at it, and hand over one role, to AWS Backup only', () => {
    const passing = (vaulted.get('DrillRole') ?? []).filter(({ actions }) => actions.includes('iam:PassRole'));

    expect(may('DrillRole', 'backup:StartRestoreJob', point)).toBe(true);
    expect(may('DrillRole', 'backup:DescribeRestoreJob', '*')).toBe(true);
    expect(may('DrillRole', 'backup:DescribeRecoveryPoint', point)).toBe(true);
    expect(may('DrillRole', 'backup:ListRecoveryPointsByBackupVault', vault)).toBe(true);
    expect(may('DrillRole', 'dynamodb:DescribeTable', `${table}/orders`)).toBe(true);
    expect(passing).toMatchObject([{ equals: { 'iam:PassedToService': ['backup.amazonaws.com'] } }]);
    expect(JSON.stringify(passing[0]?.resources)).toContain('RestoreServiceRole');
  });

  test('the drill may neither delete nor make a recovery point, nor restore a backup of DynamoDB', () => {
    const actions = ['backup:DeleteRecoveryPoint', 'backup:StartBackupJob', 'backup:StartCopyJob'];

    expect(actions.filter((action) => may('DrillRole', action, point) || may('DrillRole', action, vault))).toEqual([]);
    expect(may('DrillRole', 'dynamodb:RestoreTableFromBackup', `${table}/orders/backup/1`)).toBe(false);
    expect(may('DrillRole', 'dynamodb:Scan', `${table}/orders`)).toBe(false);
  });

  test.each(['RestoreTableFromAwsBackup', 'PutItem', 'Scan', 'DescribeTable'])(
    'the role that is handed over may %s of drill tables, and of no other',
    (operation) => {
      const tables = [drillTable, `${table}/orders`, `${table}/ddb-drill-orders`, `${table}/ledger`];

      expect(tables.filter((each) => may('RestoreServiceRole', `dynamodb:${operation}`, each))).toEqual([drillTable]);
    },
  );

  test('the role that is handed over may delete nothing, and only AWS Backup of this account takes it on', () => {
    const roles = propertiesOf(aDrillStack({ plans: { orders: aVaultedPlan({ drill }) } }), 'AWS::IAM::Role');
    const role = roles.find(
      ({ Description }) => Description === 'Lets AWS Backup restore recovery points into drill tables',
    );

    expect(may('RestoreServiceRole', 'dynamodb:DeleteTable', drillTable)).toBe(false);
    expect(role?.AssumeRolePolicyDocument).toMatchObject({
      Statement: [
        {
          Principal: { Service: 'backup.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } },
        },
      ],
    });
  });

  test.each(['DrillStartRole', 'SweepRole'])('%s never does, whatever somebody allows it', (role) => {
    const everything = {
      sid: 'All',
      effect: 'Allow',
      actions: ['*'],
      resources: ['*'],
      notResources: [],
      equals: {},
    } as const;

    const decision = decide([...(vaulted.get(role) ?? []), everything], {
      action: 'backup:StartRestoreJob',
      resource: point,
    });

    expect(decision).toBe('explicitly denied');
  });

  test('a deployment that drills no plan of AWS Backup has neither that right nor that role', () => {
    const roles = rolesOf(aDrillingPlan());

    expect(may('DrillRole', 'backup:StartRestoreJob', point, roles)).toBe(false);
    expect([...roles.keys()]).not.toContain('RestoreServiceRole');
  });
});
