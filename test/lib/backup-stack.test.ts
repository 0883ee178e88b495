import { describe, expect, test } from '@jest/globals';
import { Duration, type Stack } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { planSchema } from '../../lambda/domain/plan.ts';
import { aPlan, aStack, propertiesOf, type Resource, resourcesOf } from './deploy.ts';

describe('schedules', () => {
  test('each plan has one for each job, in a group of its own', () => {
    const stack = aStack({
      plans: { orders: aPlan(), users: aPlan({ tables: { named: ['users'] } }) },
      owner: 'team1',
    });

    expect(
      schedulesOf(stack)
        .map(({ Name, GroupName }) => `${GroupName}/${Name}`)
        .sort(),
    ).toEqual([
      'dynamodb-backups-team1/orders-backup',
      'dynamodb-backups-team1/orders-prune',
      'dynamodb-backups-team1/users-backup',
      'dynamodb-backups-team1/users-prune',
    ]);
  });

  test('the event is the plan with its defaults, and the slot that Scheduler fills in', () => {
    const [schedule] = schedulesOf(aStack());

    const event = JSON.parse(schedule?.Target.Input as string) as Record<string, unknown>;

    expect(event).toEqual({
      plan: planSchema.parse({
        name: 'orders',
        tables: { named: ['orders'] },
        backup: { schedule: 'rate(1 hour)' },
        keep: { hourly: 24, daily: 7 },
      }),
      slot: '<aws.scheduler.scheduled-time>',
      schedule: '<aws.scheduler.schedule-arn>',
    });
  });

  test('a backup may start late within its window, in its own time zone', () => {
    const backup = { schedule: 'cron(0 4 * * ? *)', timeZone: 'Europe/Berlin', flexibleWindow: Duration.hours(1) };

    const [schedule] = schedulesOf(aStack({ plans: { orders: aPlan({ backup }) } }));

    expect(schedule).toMatchObject({
      ScheduleExpression: 'cron(0 4 * * ? *)',
      ScheduleExpressionTimezone: 'Europe/Berlin',
      FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 60 },
    });
  });

  test.each(schedulesOf(aStack()))('$Name gives up within the hour, into a dead-letter queue', ({ Target }) => {
    expect(Target.RetryPolicy).toEqual({ MaximumRetryAttempts: 5, MaximumEventAgeInSeconds: 3600 });
    expect(Target.DeadLetterConfig).toEqual({
      Arn: { 'Fn::GetAtt': [expect.stringMatching(/^UndeliveredEvents/), 'Arn'] },
    });
  });

  test('[R29] the mode of retention is in the template, written out even where it is the default', () => {
    const stack = aStack({ plans: { enforced: aPlan(), watched: aPlan({ prune: { mode: 'report-only' } }) } });

    const modes = schedulesOf(stack)
      .filter(({ Name }) => Name.endsWith('-prune'))
      .map(({ Name, Target }) => [
        Name,
        (JSON.parse(Target.Input as string) as { plan: { prune: object } }).plan.prune,
      ]);

    expect(Object.fromEntries(modes)).toMatchObject({
      'enforced-prune': { mode: 'enforce' },
      'watched-prune': { mode: 'report-only' },
    });
  });

  test('only schedules of the own group of the own account may use the roles', () => {
    const conditions = propertiesOf(aStack(), 'AWS::IAM::Role')
      .flatMap(({ AssumeRolePolicyDocument }) => (AssumeRolePolicyDocument as TrustPolicy).Statement)
      .filter(({ Principal }) => Principal.Service === 'scheduler.amazonaws.com')
      .map(({ Condition }) => Condition);

    const ownGroup = { 'Fn::GetAtt': [expect.stringMatching(/^Schedules/), 'Arn'] };
    const expected = { StringEquals: { 'aws:SourceAccount': '123456789012', 'aws:SourceArn': ownGroup } };
    expect(conditions).toEqual([expected, expected]);
  });
});

describe('functions', () => {
  test.each(propertiesOf(aStack(), 'AWS::Lambda::Function'))(
    '$Description: newest runtime, full time, own log',
    (properties) => {
      expect(properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        Timeout: 900,
        LoggingConfig: { LogGroup: { Ref: expect.stringMatching(/Log/) } },
        Environment: {
          Variables: {
            LEDGER_TABLE_NAME: { Ref: expect.stringMatching(/^Ledger/) },
            BACKUP_OWNER: expect.stringMatching(/^[a-z0-9]{8}$/),
            BACKUP_NAME_PREFIX: 'scheduled',
            DRILL_TABLE_PREFIX: 'ddb-drill-',
            POWERTOOLS_METRICS_NAMESPACE: 'DynamoDBBackups',
          },
        },
      });
    },
  );

  test('a failed run is tried twice more within the hour and then reported', () => {
    const configs = propertiesOf(aStack(), 'AWS::Lambda::EventInvokeConfig');

    const expected = expect.objectContaining({
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: 3600,
      DestinationConfig: {
        OnFailure: { Destination: { 'Fn::GetAtt': [expect.stringMatching(/^FailedRuns/), 'Arn'] } },
      },
    });
    expect(configs).toEqual([expected, expected]);
  });

  test('[D16] no concurrency is reserved unless asked for: one prune at a time is the lease of the ledger', () => {
    expect(reserved(aStack())).toEqual([undefined, undefined]);
    expect(reserved(aStack({ reservedConcurrency: { prune: 1 } }))).toEqual([undefined, 1]);
  });

  test('logs are kept for three months, or as long as asked', () => {
    expect(propertiesOf(aStack(), 'AWS::Logs::LogGroup').map(({ RetentionInDays }) => RetentionInDays)).toEqual([
      90, 90,
    ]);
    const longer = aStack({ logRetention: RetentionDays.ONE_YEAR });
    expect(propertiesOf(longer, 'AWS::Logs::LogGroup').map(({ RetentionInDays }) => RetentionInDays)).toEqual([
      365, 365,
    ]);
  });
});

describe('what outlives the stack', () => {
  test('[C07] deleting the stack leaves ledger and key, and no backup is a resource of the stack', () => {
    const retained = Object.entries(resourcesOf(aStack()))
      .filter(
        ([, { DeletionPolicy, UpdateReplacePolicy }]) =>
          DeletionPolicy === 'Retain' && UpdateReplacePolicy === 'Retain',
      )
      .map(([, { Type }]) => Type);

    expect(retained).toEqual(['AWS::KMS::Key', 'AWS::DynamoDB::Table']);
  });

  test('the ledger cannot be lost by one mistake, and forgets by itself', () => {
    expect(propertiesOf(aStack(), 'AWS::DynamoDB::Table')).toEqual([
      expect.objectContaining({
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        BillingMode: 'PAY_PER_REQUEST',
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
        SSESpecification: expect.objectContaining({ SSEEnabled: true, SSEType: 'KMS' }),
      }),
    ]);
  });
});

describe('encryption', () => {
  test('ledger, queues and logs share one rotated key', () => {
    const stack = aStack();

    const key = { 'Fn::GetAtt': [expect.stringMatching(/^Key/), 'Arn'] };
    expect(propertiesOf(stack, 'AWS::KMS::Key')).toEqual([expect.objectContaining({ EnableKeyRotation: true })]);
    expect(propertiesOf(stack, 'AWS::DynamoDB::Table')).toMatchObject([{ SSESpecification: { KMSMasterKeyId: key } }]);
    expect(propertiesOf(stack, 'AWS::SQS::Queue')).toMatchObject([{ KmsMasterKeyId: key }, { KmsMasterKeyId: key }]);
    expect(propertiesOf(stack, 'AWS::Logs::LogGroup')).toMatchObject([{ KmsKeyId: key }, { KmsKeyId: key }]);
  });

  test('the logs service may use the key for the log groups of the deployment only', () => {
    const stack = aStack({ owner: 'team1' });

    const [key] = propertiesOf(stack, 'AWS::KMS::Key');
    const statements = (key?.KeyPolicy as { Statement: object[] }).Statement;

    const logGroup = (job: string) => `arn:aws:logs:eu-west-1:123456789012:log-group:/dynamodb-backups/team1/${job}`;
    expect(statements).toHaveLength(2);
    expect(statements[1]).toMatchObject({
      Principal: { Service: { 'Fn::Join': ['', ['logs.eu-west-1.', { Ref: 'AWS::URLSuffix' }]] } },
      Condition: {
        ArnEquals: {
          'kms:EncryptionContext:aws:logs:arn': ['backup', 'prune', 'watch', 'summary'].map(logGroup),
        },
      },
    });
    expect(propertiesOf(stack, 'AWS::Logs::LogGroup').map(({ LogGroupName }) => LogGroupName)).toEqual([
      '/dynamodb-backups/team1/backup',
      '/dynamodb-backups/team1/prune',
    ]);
  });

  test('with keys that AWS owns there is no key, no permission on one, and still no plain text', () => {
    const stack = aStack({ encryptionKey: 'aws-owned' });

    expect(propertiesOf(stack, 'AWS::KMS::Key')).toEqual([]);
    expect(JSON.stringify(propertiesOf(stack, 'AWS::IAM::Role'))).not.toContain('kms:ViaService');
    expect(propertiesOf(stack, 'AWS::SQS::Queue')).toMatchObject([
      { SqsManagedSseEnabled: true },
      { SqsManagedSseEnabled: true },
    ]);
  });
});

describe('owner', () => {
  test('two stacks of different names have different owners, the same name has the same', () => {
    const owner = (stackName: string) => groupName(aStack({ stackName }));

    expect(owner('Backups')).toMatch(/^dynamodb-backups-[a-z0-9]{8}$/);
    expect(owner('Backups')).toBe(owner('Backups'));
    expect(owner('Backups')).not.toBe(owner('OtherBackups'));
  });

  test('[R14] two stacks of one owner claim one name, which CloudFormation gives only once', () => {
    const names = [aStack({ stackName: 'One', owner: 'team1' }), aStack({ stackName: 'Two', owner: 'team1' })].map(
      groupName,
    );

    expect(names).toEqual(['dynamodb-backups-team1', 'dynamodb-backups-team1']);
  });
});

test('only plain resources are deployed: nothing runs code of its own during a deployment', () => {
  const types = new Set(Object.values(resourcesOf(aStack())).map(({ Type }) => Type));

  expect([...types].sort()).toEqual([
    'AWS::DynamoDB::Table',
    'AWS::IAM::Policy',
    'AWS::IAM::Role',
    'AWS::KMS::Key',
    'AWS::Lambda::EventInvokeConfig',
    'AWS::Lambda::Function',
    'AWS::Logs::LogGroup',
    'AWS::SQS::Queue',
    'AWS::SQS::QueuePolicy',
    'AWS::Scheduler::Schedule',
    'AWS::Scheduler::ScheduleGroup',
  ]);
});

interface ScheduleProperties {
  readonly Name: string;
  readonly GroupName: string;
  readonly Target: Readonly<Record<string, unknown>>;
}

interface TrustPolicy {
  readonly Statement: readonly { readonly Principal: { readonly Service: string }; readonly Condition?: object }[];
}

function schedulesOf(stack: Stack): (ScheduleProperties & Resource['Properties'])[] {
  return propertiesOf(stack, 'AWS::Scheduler::Schedule') as unknown as (ScheduleProperties & Resource['Properties'])[];
}

function reserved(stack: Stack): unknown[] {
  return propertiesOf(stack, 'AWS::Lambda::Function').map((properties) => properties.ReservedConcurrentExecutions);
}

function groupName(stack: Stack): unknown {
  return propertiesOf(stack, 'AWS::Scheduler::ScheduleGroup')[0]?.Name;
}
