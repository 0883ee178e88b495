import { describe, expect, test } from '@jest/globals';
import { Duration } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { DynamoBackups } from '../../lib/dynamo-backups.ts';
import type { AwsBackupProps, PlanProps } from '../../lib/plan-props.ts';
import type { VaultLockProps } from '../../lib/vault-props.ts';
import { anApp, aPlan, aStack, aVaultedPlan, aVaultStack, env, propertiesOf, region, resourcesOf } from './deploy.ts';
import { decide, roleStatements } from './iam-simulation.ts';

describe('the vault of a deployment', () => {
  test('is named after its owner, encrypted with the key of the deployment, and outlives its stack', () => {
    const { vaults, backups } = aVaultStack({ owner: 'team0001' });

    const [vault] = Object.values(resourcesOf(vaults)).filter(({ Type }) => Type === 'AWS::Backup::BackupVault');
    expect(vault).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    expect(vault?.Properties).toMatchObject({ BackupVaultName: 'dynamodb-backups-team0001' });
    expect(JSON.stringify(vault?.Properties.EncryptionKeyArn)).toContain('Key');
    expect(vault?.Properties).not.toHaveProperty('LockConfiguration');
    expect(resourcesOf(backups)).not.toHaveProperty('Vault');
  });

  test('lets nobody but the prune role delete a recovery point or shorten its life', () => {
    const [vault] = propertiesOf(aVaultStack().vaults, 'AWS::Backup::BackupVault');

    expect(vault?.AccessPolicy).toMatchObject({
      Statement: [
        {
          Effect: 'Deny',
          Principal: { AWS: '*' },
          Action: ['backup:DeleteRecoveryPoint', 'backup:UpdateRecoveryPointLifecycle'],
          Condition: {
            ArnNotEquals: { 'aws:PrincipalArn': { 'Fn::ImportValue': expect.stringContaining('PruneRole') } },
          },
        },
      ],
    });
  });

  test('is locked as told: compliance with a time to think it over, governance without', () => {
    const lockOf = (lock: VaultLockProps) =>
      propertiesOf(aVaultStack({ vault: { lock } }).vaults, 'AWS::Backup::BackupVault')[0]?.LockConfiguration;
    const compliance = { mode: 'compliance', acknowledgement: 'nobody can ever undo this lock' } as const;
    const maximumRetention = Duration.days(400);

    expect(lockOf({ mode: 'governance', maximumRetention })).toEqual({ MinRetentionDays: 1, MaxRetentionDays: 400 });
    expect(lockOf(compliance)).toEqual({ MinRetentionDays: 1, ChangeableForDays: 7 });
    expect(lockOf({ ...compliance, changeableFor: Duration.days(3) })).toMatchObject({ ChangeableForDays: 3 });
  });

  test('is deployed where a plan needs one, and not beside a vault that exists', () => {
    const stacksOf = (plan: PlanProps, vault?: { existing: string }) => {
      const app = anApp();
      new DynamoBackups(app, 'Backups', { env, plans: { orders: plan }, monitoring: false, ...(vault && { vault }) });
      return app.synth().stacks.map(({ stackName }) => stackName);
    };

    expect(stacksOf(aVaultedPlan())).toEqual(['Backups-Backup', 'Backups-Vault']);
    expect(stacksOf(aVaultedPlan(), { existing: 'company-vault' })).toEqual(['Backups-Backup']);
    expect(stacksOf(aPlan())).toEqual(['Backups-Backup']);
  });

  test.each(['aws', 'aws-cn', 'aws-us-gov'])('is reached in the partition %s', (partition) => {
    const regions = { aws: region, 'aws-cn': 'cn-north-1', 'aws-us-gov': 'us-gov-west-1' };
    const place = { account: '123456789012', region: regions[partition as keyof typeof regions] };

    const { backups, vaults } = aVaultStack({ env: place, owner: 'team0001' });

    const text = JSON.stringify(Template.fromStack(backups).toJSON());
    expect(text).toContain(
      `arn:${partition}:backup:${place.region}:123456789012:backup-vault:dynamodb-backups-team0001`,
    );
    expect(() => Template.fromStack(vaults)).not.toThrow();
  });
});

describe('what the roles may do to recovery points', () => {
  const { backups } = aVaultStack({ owner: 'team0001' });
  const statements = roleStatements(resourcesOf(backups));
  const vault = `arn:aws:backup:${region}:123456789012:backup-vault:dynamodb-backups-team0001`;
  const point = `arn:aws:backup:${region}:123456789012:recovery-point:1`;
  const table = `arn:aws:dynamodb:${region}:123456789012:table`;
  const mayDo = {
    'backup:StartBackupJob': vault,
    'backup:TagResource': point,
    'backup:ListRecoveryPointsByBackupVault': vault,
    'backup:DescribeBackupJob': '*',
    'backup:DescribeRecoveryPoint': point,
    'backup:DeleteRecoveryPoint': point,
    'backup:DeleteBackupVault': vault,
    'dynamodb:StartAwsBackupJob': `${table}/orders`,
    'dynamodb:CreateBackup': `${table}/orders`,
    'dynamodb:DeleteBackup': `${table}/orders/backup/1`,
    'dynamodb:Scan': `${table}/orders`,
  };
  const allowedTo = (role: string) =>
    Object.entries(mayDo).flatMap(([action, resource]) =>
      decide(statements.get(role) ?? [], { action, resource }) === 'allowed' ? [action] : [],
    );

  test.each([
    ['BackupRole', ['backup:StartBackupJob', 'backup:TagResource', 'backup:ListRecoveryPointsByBackupVault']],
    [
      'PruneRole',
      ['backup:ListRecoveryPointsByBackupVault', 'backup:DescribeRecoveryPoint', 'backup:DeleteRecoveryPoint'],
    ],
    ['FollowRole', ['backup:DescribeBackupJob', 'backup:DescribeRecoveryPoint']],
    [
      'BackupServiceRole',
      ['backup:TagResource', 'dynamodb:StartAwsBackupJob', 'dynamodb:CreateBackup', 'dynamodb:DeleteBackup'],
    ],
  ])('%s: %j and nothing else', (role, actions) => {
    expect(allowedTo(role)).toEqual(actions);
  });

  test('only the service role can be handed over, and only to AWS Backup', () => {
    const passing = [...statements].flatMap(([role, each]) =>
      each.filter(({ actions }) => actions.includes('iam:PassRole')).map((statement) => ({ role, ...statement })),
    );

    expect(passing).toMatchObject([
      { role: 'BackupRole', equals: { 'iam:PassedToService': ['backup.amazonaws.com'] } },
    ]);
    expect(JSON.stringify(passing[0]?.resources)).toContain('BackupServiceRole');
  });

  test('the service role outlives its stack, for AWS deletes in its name what has expired', () => {
    expect(Object.entries(resourcesOf(backups)).find(([id]) => id.startsWith('BackupServiceRole'))?.[1]).toMatchObject({
      DeletionPolicy: 'Retain',
    });
  });

  test('a deployment without such a plan may do nothing with AWS Backup', () => {
    const all = [...roleStatements(resourcesOf(aStack())).values()].flat();

    const allowed = all.filter(({ effect }) => effect === 'Allow').flatMap(({ actions }) => actions);
    expect(allowed.filter((action) => action.startsWith('backup:') || action === 'iam:PassRole')).toEqual([]);
  });
});

describe('synth refuses', () => {
  const vaulted = (awsBackup: AwsBackupProps, keep = { daily: 7 }): PlanProps =>
    aVaultedPlan({ backup: { schedule: 'cron(0 3 * * ? *)', engine: 'aws-backup', awsBackup }, keep });

  test.each<[string, PlanProps, RegExp]>([
    [
      'options of AWS Backup for a plan of DynamoDB',
      aPlan({ backup: { schedule: 'rate(1 hour)', awsBackup: { startWindow: Duration.hours(1) } } }),
      /plans\.orders\.backup\.awsBackup must be left out unless engine is aws-backup, got an object/,
    ],
    [
      'an engine nobody knows',
      { ...aPlan(), backup: { schedule: 'rate(1 hour)', engine: 'rds' as 'dynamodb' } },
      /plans\.orders\.backup\.engine must be dynamodb or aws-backup, got "rds"/,
    ],
    [
      'a start window that AWS refuses',
      vaulted({ startWindow: Duration.minutes(30) }),
      /plans\.orders\.backup\.awsBackup\.startWindowMinutes must be an integer of at least 60, got 30/,
    ],
    [
      'a completion window within the start window',
      vaulted({ startWindow: Duration.hours(9) }),
      /plans\.orders\.backup\.awsBackup\.completionWindowMinutes must be longer than startWindowMinutes/,
    ],
    [
      'cold storage for less than 90 days before the deletion',
      vaulted({ coldAfter: Duration.days(30), deleteAfter: Duration.days(100) }, { daily: 90 }),
      /plans\.orders\.backup\.awsBackup\.deleteAfterDays must be at least 90 days more than coldAfterDays.*got 100/,
    ],
    [
      'cold storage for less than 90 days before retention lets go',
      vaulted({ coldAfter: Duration.days(5) }, { daily: 90 }),
      /plans\.orders\.backup\.awsBackup\.coldAfterDays must be at most 4, 90 days before keep lets go of the last backup, got 5 days/,
    ],
    [
      'AWS deleting what a rule still wants',
      vaulted({ deleteAfter: Duration.days(5) }),
      /plans\.orders\.backup\.awsBackup\.deleteAfterDays must be at least 8, for so many days keep may want a backup, got 5 days/,
    ],
    [
      '[X32] a drill of recovery points into another Region',
      aVaultedPlan({ drill: { schedule: 'rate(7 days)', region: 'us-east-1', encryptionKey: 'aws-managed' } }),
      /plans\.orders\.drill\.region must be left out with engine aws-backup: a recovery point is restored in the Region of its vault, and elsewhere only a copy of it in a vault there, got us-east-1/,
    ],
    [
      'a drill of recovery points without indexes',
      aVaultedPlan({ drill: { schedule: 'rate(7 days)', indexes: 'none' } }),
      /plans\.orders\.drill\.indexes must be all with engine aws-backup, which restores a table with every index, got none/,
    ],
  ])('%s', (_what, plan, message) => {
    expect(() => aStack({ plans: { orders: plan } })).toThrow(message);
  });

  test.each<[string, Partial<VaultLockProps>, RegExp]>([
    [
      '[B30] a retention longer than the lock allows',
      { maximumRetention: Duration.days(5) },
      /plans\.orders\.keep must keep backups for the 1 to 5 days that vault\.lock allows, got 8 days/,
    ],
    [
      '[B30] a retention shorter than the lock demands',
      { minimumRetention: Duration.days(30) },
      /plans\.orders\.keep must keep backups for the 30 days or more that vault\.lock allows, got 8 days/,
    ],
    [
      'a compliance lock nobody acknowledged',
      { mode: 'compliance' },
      /vault\.lock\.acknowledgement must be 'nobody can ever undo this lock' with mode compliance, got nothing/,
    ],
    [
      'a compliance lock without three days to think it over',
      {
        mode: 'compliance',
        acknowledgement: 'nobody can ever undo this lock',
        changeableFor: Duration.days(2),
      },
      /vault\.lock\.changeableFor must be whole days, 3 to 36500, got 2 days/,
    ],
    [
      'a time to think it over that means nothing',
      { changeableFor: Duration.days(7) },
      /vault\.lock\.changeableFor must be left out with mode governance, got 7 days/,
    ],
    [
      'a lock whose bounds cross',
      { minimumRetention: Duration.days(9), maximumRetention: Duration.days(8) },
      /vault\.lock\.maximumRetention must be at least the 9 days of minimumRetention, got 8 days/,
    ],
  ])('%s', (_what, lock, message) => {
    const deploy = () =>
      aStack({ plans: { orders: aVaultedPlan() }, vault: { lock: { mode: 'governance', ...lock } } });

    expect(deploy).toThrow(message);
  });

  test('a vault that no plan uses, and one that is misnamed or has two keys', () => {
    const { backups } = aVaultStack();
    const encryptionKey = new Key(backups, 'AnotherKey');
    const plans = { orders: aVaultedPlan() };

    expect(() => aStack({ vault: {} })).toThrow(/vault must be left out unless a plan has engine aws-backup/);
    expect(() => aStack({ plans, vault: { existing: 'a vault' } })).toThrow(/vault\.existing must be .* got "a vault"/);
    expect(() => aStack({ plans, vault: { existing: 'vault', encryptionKey } })).toThrow(
      /vault\.encryptionKey must be/,
    );
  });
});
