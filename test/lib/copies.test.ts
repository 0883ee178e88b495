import { describe, expect, test } from '@jest/globals';
import { type App, Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AwsSolutionsChecks } from 'cdk-nag';
import { DynamoBackups } from '../../lib/dynamo-backups.ts';
import type { CopyProps, PlanProps } from '../../lib/plan-props.ts';
import type { DynamoBackupsProps } from '../../lib/deployment-props.ts';
import type { VaultLockProps, VaultProps } from '../../lib/vault-props.ts';
import {
  account,
  aCopyingPlan,
  aDrillStack,
  anApp,
  aPlan,
  aStack,
  env,
  propertiesOf,
  region,
  resourcesOf,
} from './deploy.ts';
import { decide, roleStatements, spellOut, type Statement } from './iam-simulation.ts';

const keep = { daily: 14 };
const away = 'eu-central-1';
const other = '210987654321';
const vaultIn = (place: string, of: string, name: string, partition = 'aws') =>
  `arn:${partition}:backup:${place}:${of}:backup-vault:${name}`;
const ofOthers = vaultIn(away, other, 'company');
const ofOurs = vaultIn('eu-north-1', account, 'second');
const deployedVault = vaultIn(away, account, `dynamodb-copies-team0001-${region}`);

function appWith(copies: readonly CopyProps[], props: Partial<DynamoBackupsProps> = {}): App {
  const app = anApp();
  const plans = { orders: aCopyingPlan({}, copies) };
  new DynamoBackups(app, 'Backups', { env, owner: 'team0001', plans, monitoring: false, ...props });
  return app;
}

/** The stacks of an app by the Region and the name they are deployed under. */
function stacksOf(app: App): Map<string, Stack> {
  const stacks = app.node.findAll().filter((construct): construct is Stack => construct instanceof Stack);
  return new Map(stacks.map((stack) => [`${stack.region} ${stack.stackName}`, stack]));
}

function stackIn(app: App, name: string): Stack {
  const stack = stacksOf(app).get(name);
  if (!stack) throw new Error(`there is no stack ${name}: ${[...stacksOf(app).keys()].join(', ')}`);
  return stack;
}

describe('the vault for copies', () => {
  test('is deployed to the other Region with a key of its own and a table of settings, and all outlive their stack', () => {
    const app = appWith([{ region: away, keep }]);

    const copies = stackIn(app, `${away} Backups-Copies-${region}`);
    const kept = Object.values(resourcesOf(copies)).map(({ Type, DeletionPolicy }) => `${Type} ${DeletionPolicy}`);
    expect(kept).toEqual(['AWS::KMS::Key Retain', 'AWS::Backup::BackupVault Retain', 'AWS::DynamoDB::Table Retain']);
    expect(propertiesOf(copies, 'AWS::DynamoDB::Table')).toMatchObject([
      {
        TableName: `dynamodb-copies-team0001-${region}`,
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        SSESpecification: { SSEEnabled: true },
      },
    ]);
    expect(propertiesOf(copies, 'AWS::Backup::BackupVault')).toMatchObject([
      { BackupVaultName: `dynamodb-copies-team0001-${region}` },
    ]);
    expect([...stacksOf(app).keys()]).toEqual([
      `${region} Backups-Backup`,
      `${region} Backups-Vault`,
      `${away} Backups-Copies-${region}`,
    ]);
  });

  test('lets nobody but the prune role delete a copy, which it knows by the name it is given in its own Region', () => {
    const app = appWith([{ region: away, keep }]);
    const [vault] = propertiesOf(stackIn(app, `${away} Backups-Copies-${region}`), 'AWS::Backup::BackupVault');
    const named = propertiesOf(stackIn(app, `${region} Backups-Backup`), 'AWS::IAM::Role').map(
      ({ RoleName }) => RoleName,
    );

    const [deny] = (vault?.AccessPolicy as { Statement: Record<string, Record<string, unknown>>[] }).Statement;

    expect(deny).toMatchObject({ Effect: 'Deny', Principal: { AWS: '*' } });
    const { 'aws:PrincipalArn': arn } = deny?.Condition?.ArnNotEquals as Record<string, unknown>;
    expect(spellOut(arn, {})).toBe(`arn:aws:iam::${account}:role/dynamodb-backups-team0001-prune-${region}`);
    expect(named).toContain(`dynamodb-backups-team0001-prune-${region}`);
  });

  test('is locked as told, apart from the vault of the plans', () => {
    const lock: VaultLockProps = { mode: 'governance', minimumRetention: Duration.days(7) };
    const app = appWith([{ region: away, keep }], { vault: { copies: { lock } } });
    const lockIn = (name: string) => propertiesOf(stackIn(app, name), 'AWS::Backup::BackupVault')[0]?.LockConfiguration;

    expect(lockIn(`${away} Backups-Copies-${region}`)).toEqual({ MinRetentionDays: 7 });
    expect(lockIn(`${region} Backups-Vault`)).toBeUndefined();
  });

  test('is one for all plans that copy there, one for each Region they copy from, and none where a vault is named', () => {
    const plans = {
      orders: aCopyingPlan({}, [{ region: 'us-east-1', keep }]),
      users: aCopyingPlan({ tables: { named: ['users'] } }, [
        { region: 'us-east-1', keep },
        { region: away, vaultArn: ofOthers, keep },
      ]),
    };
    const app = appWith([], { plans, regions: ['eu-west-1', 'eu-central-1'] });

    const vaults = [...stacksOf(app).keys()].filter((name) => name.includes('Copies'));
    expect(vaults).toEqual(['us-east-1 Backups-Copies-eu-west-1', 'us-east-1 Backups-Copies-eu-central-1']);
  });

  test('has no key of its own where the deployment pays for none', () => {
    const app = appWith([{ region: away, keep }], { encryptionKey: 'aws-owned' });

    const copies = stackIn(app, `${away} Backups-Copies-${region}`);
    expect(propertiesOf(copies, 'AWS::KMS::Key')).toEqual([]);
    expect(propertiesOf(copies, 'AWS::DynamoDB::Table')[0]).not.toHaveProperty('SSESpecification');
  });

  test.each([
    ['aws', 'eu-west-1', 'eu-central-1'],
    ['aws-cn', 'cn-north-1', 'cn-northwest-1'],
    ['aws-us-gov', 'us-gov-west-1', 'us-gov-east-1'],
  ])('is reached in the partition %s', (partition, home, there) => {
    const named = vaultIn(there, other, 'company', partition);
    const copies = [
      { region: there, keep },
      { region: there, vaultArn: named, keep },
    ];

    const app = appWith(copies, { env: { account, region: home } });

    const text = JSON.stringify(Template.fromStack(stackIn(app, `${home} Backups-Backup`)).toJSON());
    expect(text).toContain(vaultIn(there, account, `dynamodb-copies-team0001-${home}`, partition));
    expect(text).toContain(named);
    expect(text).not.toMatch(partition === 'aws' ? /arn:aws-/ : /arn:aws:/);
    expect(() => Template.fromStack(stackIn(app, `${there} Backups-Copies-${home}`))).not.toThrow();
  });

  test('has no finding of the AwsSolutions rules, nor has the stack that copies into it', () => {
    const app = appWith([
      { region: away, keep },
      { region: away, vaultArn: ofOthers, keep },
    ]);

    for (const [name, stack] of stacksOf(app))
      expect({ name, violations: new AwsSolutionsChecks().validateScope(stack).violations }).toEqual({
        name,
        violations: [],
      });
  });
});

describe('what the roles may do about copies', () => {
  const copies = [
    { region: away, keep },
    { region: 'eu-north-1', vaultArn: ofOurs, keep },
    { region: away, vaultArn: ofOthers, keep },
  ];
  const statements = roleStatements(
    resourcesOf(aStack({ owner: 'team0001', plans: { orders: aCopyingPlan({}, copies) } })),
  );
  const pointIn = (place: string, of = account) => `arn:aws:backup:${place}:${of}:recovery-point:1`;
  const source = vaultIn(region, account, 'dynamodb-backups-team0001');
  const settingsTable = `arn:aws:dynamodb:${away}:${account}:table/dynamodb-copies-team0001-${region}`;
  const mayDo: readonly (readonly [string, string, string?])[] = [
    ['backup:StartCopyJob', pointIn(region)],
    ['backup:StartCopyJob', pointIn(away)],
    ['backup:DescribeCopyJob', '*'],
    ['backup:ListCopyJobs', '*'],
    ['backup:CopyFromBackupVault', pointIn(region)],
    ['backup:CopyFromBackupVault', pointIn(away)],
    ['backup:CopyIntoBackupVault', source],
    ...[deployedVault, ofOurs, ofOthers].map((vault) => ['backup:CopyIntoBackupVault', vault] as const),
    ['backup:CopyIntoBackupVault', vaultIn(away, other, 'another')],
    ['backup:TagResource', pointIn(away)],
    ['backup:TagResource', pointIn(away, other)],
    ...[deployedVault, ofOurs, ofOthers].map((vault) => ['backup:ListRecoveryPointsByBackupVault', vault] as const),
    ['backup:DeleteRecoveryPoint', pointIn(away)],
    ['backup:DeleteRecoveryPoint', pointIn('us-east-1')],
    ['backup:DeleteRecoveryPoint', pointIn(away, other)],
    ['backup:DeleteBackupVault', deployedVault],
    ['backup:PutBackupVaultAccessPolicy', deployedVault],
    ['dynamodb:StartAwsBackupJob', `arn:aws:dynamodb:${region}:${account}:table/orders`],
    ['dynamodb:PutItem', settingsTable],
    ['dynamodb:DeleteItem', settingsTable],
    ['dynamodb:PutItem', `arn:aws:dynamodb:${away}:${account}:table/orders`],
  ];
  const allowedTo = (role: string) =>
    mayDo.flatMap(([action, resource]) =>
      decide(statements.get(role) ?? [], { action, resource }) === 'allowed' ? [`${action} ${resource}`] : [],
    );

  test.each<[string, string[]]>([
    [
      'FollowRole',
      [
        `backup:StartCopyJob ${pointIn(region)}`,
        'backup:DescribeCopyJob *',
        'backup:ListCopyJobs *',
        `dynamodb:PutItem ${settingsTable}`,
      ],
    ],
    [
      'CopyServiceRole',
      [
        `backup:CopyFromBackupVault ${pointIn(region)}`,
        `backup:CopyIntoBackupVault ${deployedVault}`,
        `backup:CopyIntoBackupVault ${ofOurs}`,
        `backup:CopyIntoBackupVault ${ofOthers}`,
        `backup:TagResource ${pointIn(away)}`,
      ],
    ],
    [
      'PruneRole',
      [
        `backup:ListRecoveryPointsByBackupVault ${deployedVault}`,
        `backup:ListRecoveryPointsByBackupVault ${ofOurs}`,
        `backup:DeleteRecoveryPoint ${pointIn(away)}`,
      ],
    ],
    ['BackupRole', []],
    ['BackupServiceRole', [`dynamodb:StartAwsBackupJob arn:aws:dynamodb:${region}:${account}:table/orders`]],
  ])('%s: %j and nothing else', (role, allowed) => {
    expect(allowedTo(role)).toEqual(allowed);
  });

  test('each of the two service roles can be handed over by one function only, and only to AWS Backup', () => {
    const passing = [...statements].flatMap(([role, each]) =>
      each.filter(({ actions }) => actions.includes('iam:PassRole')).map((statement) => ({ role, ...statement })),
    );

    expect(passing.map(({ role, resources, equals }) => ({ role, resources, equals }))).toEqual([
      {
        role: 'BackupRole',
        resources: ['arn:BackupServiceRole'],
        equals: { 'iam:PassedToService': ['backup.amazonaws.com'] },
      },
      {
        role: 'FollowRole',
        resources: ['arn:CopyServiceRole'],
        equals: { 'iam:PassedToService': ['backup.amazonaws.com'] },
      },
    ]);
  });

  test('the copy service role trusts AWS Backup for this account alone, and outlives its stack', () => {
    const stack = aStack({ plans: { orders: aCopyingPlan() } });
    const [, role] = Object.entries(resourcesOf(stack)).find(([id]) => id.startsWith('CopyServiceRole')) ?? [];

    expect(role).toMatchObject({ DeletionPolicy: 'Retain' });
    expect(role?.Properties.AssumeRolePolicyDocument).toMatchObject({
      Statement: [
        {
          Principal: { Service: 'backup.amazonaws.com' },
          Condition: { StringEquals: { 'aws:SourceAccount': account } },
        },
      ],
    });
  });

  test('the stack prints the access policy that a vault of another account needs, and none for its own', () => {
    const { Outputs } = Template.fromStack(aStack({ plans: { orders: aCopyingPlan({}, copies) } })).toJSON() as {
      Outputs: Record<string, { Value: unknown; Description?: string }>;
    };

    const printed = Object.entries(Outputs).filter(([name]) => name.startsWith('CopyVaultPolicy'));

    expect(printed.map(([name, { Description }]) => [name, Description])).toEqual([
      [`CopyVaultPolicy${other}eucentral1company`, `The access policy that ${ofOthers} needs for copies to get in`],
    ]);
    const resources = resourcesOf(aStack({ plans: { orders: aCopyingPlan({}, copies) } }));
    expect(JSON.parse(spellOut(printed[0]?.[1].Value, resources))).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'CopiesOfDynamoDBBackups',
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${account}:root` },
          Action: 'backup:CopyIntoBackupVault',
          Resource: '*',
          Condition: { ArnEquals: { 'aws:PrincipalArn': 'arn:CopyServiceRole' } },
        },
      ],
    });
    expect(Outputs).toHaveProperty('CopyRoleArn');
  });

  test('a plan that copies nowhere gets none of it', () => {
    const all = [...roleStatements(resourcesOf(aStack({ plans: { orders: aCopyingPlan({}, []) } }))).values()].flat();

    expect(
      all
        .filter(({ effect }) => effect === 'Allow')
        .flatMap(({ actions }) => actions)
        .filter((each) => each.includes('Copy')),
    ).toEqual([]);
  });
});

describe('what the roles may do to drill copies', () => {
  const settingsTable = `arn:aws:dynamodb:${away}:${account}:table/dynamodb-copies-team0001-${region}`;
  const pointIn = (place: string) => `arn:aws:backup:${place}:${account}:recovery-point:1`;
  const drillTableIn = (place: string, name: string) => `arn:aws:dynamodb:${place}:${account}:table/ddb-drill-${name}`;
  const own = `team0001-${region}-0123456789abcdef`;
  const rolesOf = (copies: readonly CopyProps[]) => {
    const plan = aCopyingPlan({ drill: { schedule: 'rate(7 days)' } }, copies);
    return roleStatements(resourcesOf(aDrillStack({ owner: 'team0001', plans: { orders: plan } })));
  };
  const mayDo: readonly (readonly [string, string])[] = [
    ...[away, 'eu-north-1', 'us-east-1'].map((place) => ['backup:StartRestoreJob', pointIn(place)] as const),
    ['backup:ListRecoveryPointsByBackupVault', deployedVault],
    ['backup:DeleteRecoveryPoint', pointIn(away)],
    ['dynamodb:Query', settingsTable],
    ['dynamodb:PutItem', settingsTable],
    ['dynamodb:DeleteTable', settingsTable],
    ['dynamodb:DeleteTable', drillTableIn(away, own)],
    ['dynamodb:DeleteTable', drillTableIn(away, 'team0001-0123456789abcdef')],
    ['dynamodb:RestoreTableFromAwsBackup', drillTableIn(away, own)],
    ['dynamodb:RestoreTableFromAwsBackup', drillTableIn('eu-north-1', own)],
    ['dynamodb:RestoreTableFromAwsBackup', `arn:aws:dynamodb:${away}:${account}:table/orders`],
  ];
  const allowedTo = (roles: Map<string, Statement[]>, role: string) =>
    mayDo.flatMap(([action, resource]) =>
      decide(roles.get(role) ?? [], { action, resource }) === 'allowed' ? [`${action} ${resource}`] : [],
    );
  const drilled = [
    { region: away, keep, drill: true },
    { region: 'eu-north-1', vaultArn: ofOurs, keep },
  ];
  const roles = rolesOf(drilled);

  test.each<[string, string[]]>([
    [
      'DrillRole',
      [
        `backup:StartRestoreJob ${pointIn(away)}`,
        `backup:ListRecoveryPointsByBackupVault ${deployedVault}`,
        `dynamodb:Query ${settingsTable}`,
        `dynamodb:PutItem ${settingsTable}`,
        `dynamodb:DeleteTable ${drillTableIn(away, own)}`,
      ],
    ],
    ['DrillStartRole', [`backup:ListRecoveryPointsByBackupVault ${deployedVault}`]],
    ['SweepRole', [`dynamodb:DeleteTable ${drillTableIn(away, own)}`]],
    ['RestoreServiceRole', [`dynamodb:RestoreTableFromAwsBackup ${drillTableIn(away, own)}`]],
  ])('%s: %j and nothing else', (role, allowed) => {
    expect(allowedTo(roles, role)).toEqual(allowed);
  });

  test('is nothing where no copy is drilled', () => {
    const undrilled = rolesOf(drilled.map((copy) => ({ ...copy, drill: false })));

    for (const role of ['DrillRole', 'DrillStartRole', 'SweepRole', 'RestoreServiceRole'])
      expect({ role, allowed: allowedTo(undrilled, role) }).toEqual({ role, allowed: [] });
  });
});

describe('synth refuses', () => {
  const copying = (...copies: readonly CopyProps[]): PlanProps => aCopyingPlan({}, copies);

  test.each<[string, PlanProps, RegExp]>([
    [
      'a copy to the vault of the plan itself',
      copying({ region, vaultArn: vaultIn(region, account, 'dynamodb-backups-team0001'), keep }),
      /copies\.0\.vaultArn must be another vault than that of the plan, got its own, dynamodb-backups-team0001/,
    ],
    [
      'a copy to the Region it comes from, without another vault there',
      copying({ region, keep }),
      /copies\.0\.region must be another Region than the eu-west-1 of the deployment, unless vaultArn names another vault there, got 'eu-west-1'/,
    ],
    [
      'two copies to one Region',
      copying({ region: away, keep }, { region: away, keep: { monthly: 12 } }),
      /plans\.orders\.backup\.awsBackup\.copies\.1\.region must be another vault than that of copies\.0/,
    ],
    [
      'two copies to one vault that is named in two ways',
      copying({ region: away, keep }, { region: away, vaultArn: deployedVault, keep }),
      /copies\.1\.vaultArn must be left out for the vault that the deployment itself makes/,
    ],
    [
      'a copy to a vault of the name of the deployment’s own, which it would not deploy',
      copying({ region: away, vaultArn: deployedVault, keep }),
      /copies\.0\.vaultArn must be left out .* in another Region, got its name, dynamodb-copies-team0001-eu-west-1/,
    ],
    [
      'a copy that keeps nothing',
      copying({ region: away, keep: {} }),
      /plans\.orders\.backup\.awsBackup\.copies\.0\.keep must hold at least one of last, hourly/,
    ],
    [
      'a copy that keeps fewer than minimumCopies',
      copying({ region: away, keep: { daily: 2 } }),
      /plans\.orders\.backup\.awsBackup\.copies\.0\.keep must be sure to keep the 3 copies of minimumCopies, got 2/,
    ],
    [
      'another account without a vault there',
      copying({ region: away, account: other, keep }),
      /copies\.0\.account must be left out unless vaultArn is given, for vaults are deployed to the own account only, got "210987654321"/,
    ],
    [
      'an account and a Region that are not those of the vault',
      copying({ region: 'us-east-1', account, vaultArn: ofOthers, keep }),
      /copies\.0\.region must be eu-central-1, the Region of vaultArn, got "us-east-1"[^]*copies\.0\.account must be 210987654321, the account of vaultArn/,
    ],
    [
      'what is no vault',
      copying({ region: away, vaultArn: 'company', keep }),
      /copies\.0\.vaultArn must be the ARN of a vault such as arn:aws:backup:.*, got "company"/,
    ],
    [
      'a Region nobody knows',
      copying({ region: 'eu-wets-1', keep }),
      /copies\.0\.region must be a Region of AWS, got 'eu-wets-1': did you mean 'eu-west-1'\?/,
    ],
    [
      'a Region of another partition',
      copying({ region: 'cn-north-1', keep }),
      /copies\.0\.region must be a Region of partition aws, got 'cn-north-1' of aws-cn/,
    ],
    [
      'cold storage for less than 90 days before retention lets go of the copy',
      copying({ region: away, keep: { daily: 95 }, coldAfter: Duration.days(30) }),
      /copies\.0\.coldAfterDays must be at most 9, 90 days before keep lets go of the last backup, got 30 days/,
    ],
    [
      'drills of copies without drills of the plan',
      copying({ region: away, keep, drill: true }),
      /copies\.0\.drill must be left out unless the plan itself has a drill, got true/,
    ],
    [
      'drills of copies in another account',
      aCopyingPlan({ drill: { schedule: 'rate(7 days)' } }, [{ region: away, vaultArn: ofOthers, keep, drill: true }]),
      /copies\.0\.drill must be left out for copies in another account, which cannot be restored from here, got true for 210987654321/,
    ],
    [
      'drills of copies in the Region of the deployment',
      aCopyingPlan({ drill: { schedule: 'rate(7 days)' } }, [
        { region, vaultArn: vaultIn(region, account, 'second'), keep, drill: true },
      ]),
      /copies\.0\.drill must be left out for copies in the deployment's own Region, .*, got true in eu-west-1/,
    ],
    [
      'drills of two places of one Region',
      aCopyingPlan({ drill: { schedule: 'rate(7 days)' } }, [
        { region: away, keep, drill: true },
        { region: away, vaultArn: vaultIn(away, account, 'second'), keep, drill: true },
      ]),
      /copies\.1\.drill must be left out, for the copies of copies\.0 are drilled in the same Region, got true/,
    ],
    [
      'a key nobody knows',
      copying({ region: away, keep, regoin: away } as CopyProps),
      /copies\.0\.regoin: unknown key, did you mean region\?/,
    ],
    [
      'copies of backups of DynamoDB',
      aPlan({ backup: { schedule: 'rate(1 hour)', awsBackup: { copies: [{ region: away, keep }] } } }),
      /plans\.orders\.backup\.awsBackup must be left out unless engine is aws-backup/,
    ],
  ])('%s', (_what, plan, message) => {
    expect(() => aStack({ owner: 'team0001', plans: { orders: plan } })).toThrow(message);
  });

  test.each<[string, VaultProps, RegExp]>([
    [
      'copies that stay longer than the lock of their vault allows',
      { copies: { lock: { mode: 'governance', maximumRetention: Duration.days(10) } } },
      /copies\.0\.keep must keep backups for the 1 to 10 days that vault\.copies\.lock allows, got 15 days/,
    ],
    [
      'a compliance lock for copies that nobody acknowledged',
      { copies: { lock: { mode: 'compliance' } } },
      /vault\.copies\.lock\.acknowledgement must be 'nobody can ever undo this lock'/,
    ],
  ])('%s', (_what, vault, message) => {
    expect(() => aStack({ plans: { orders: aCopyingPlan() }, vault })).toThrow(message);
  });

  test('a lock for vaults that nobody deploys', () => {
    const plans = { orders: copying({ region: away, vaultArn: ofOthers, keep }) };

    expect(() => aStack({ plans, vault: { copies: {} } })).toThrow(
      /vault\.copies must be left out unless a plan copies to a Region without vaultArn/,
    );
  });

  test('copies from where only the deployment knows', () => {
    const deploy = (copy: CopyProps, place: object) => () => aStack({ plans: { orders: copying(copy) }, env: place });

    expect(deploy({ region: away, keep }, {})).toThrow(/unless the Region of the deployment itself is known at synth/);
    expect(deploy({ region: away, vaultArn: ofOthers, keep }, { region })).toThrow(
      /vaultArn must be left out unless the account of the deployment is known at synth/,
    );
    expect(deploy({ region: away, keep }, { region })).not.toThrow();
  });
});
