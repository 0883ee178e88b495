import { describe, expect, test } from '@jest/globals';
import { type App, Stack } from 'aws-cdk-lib';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { BackupStack } from '../../lib/backup-stack.ts';
import { deploymentTarget } from '../../lib/deployment-target.ts';
import type { DynamoBackupsProps } from '../../lib/deployment-props.ts';
import type { TableConstruct } from '../../lib/table-construct.ts';
import { DynamoBackups } from '../../lib/dynamo-backups.ts';
import { account, anApp, aPlan, aStack, resourcesOf } from './deploy.ts';

describe('an operator chooses the place', () => {
  test.each([
    ['nothing', {}, {}, { env: {} }],
    [
      'the shell',
      {},
      { CDK_DEFAULT_ACCOUNT: account, CDK_DEFAULT_REGION: 'eu-west-1' },
      { env: { account, region: 'eu-west-1' } },
    ],
    [
      'context before the shell',
      { region: 'us-east-1' },
      { CDK_DEFAULT_REGION: 'eu-west-1' },
      { env: { region: 'us-east-1' } },
    ],
    ['an account', { account }, { CDK_DEFAULT_ACCOUNT: '999999999999' }, { env: { account } }],
    [
      'Regions',
      { regions: 'eu-west-1, us-east-1' },
      { CDK_DEFAULT_REGION: 'sa-east-1' },
      { env: {}, regions: ['eu-west-1', 'us-east-1'] },
    ],
    ['Regions as a list in cdk.json', { regions: ['eu-west-1'] }, {}, { env: {}, regions: ['eu-west-1'] }],
  ])('by %s', (_, context, shell, target) => {
    expect(deploymentTarget(anAppWith(context).node, shell)).toEqual(target);
  });

  test('but not an account that is none, and not one Region and several', () => {
    expect(() => deploymentTarget(anAppWith({ account: 'prod' }).node, {})).toThrow(
      "account must be 12 digits, got 'prod'",
    );
    expect(() => deploymentTarget(anAppWith({ region: 'eu-west-1', regions: 'us-east-1' }).node, {})).toThrow(
      "choose region or regions, got both 'eu-west-1' and 'us-east-1'",
    );
  });
});

describe('Regions', () => {
  test('a list of Regions deploys the app to each, once', () => {
    const stacks = stacksOf({ env: { account }, regions: ['eu-west-1', 'us-east-1', 'eu-west-1'] });

    expect(stacks.map(({ region, stackName }) => `${stackName} in ${region}`)).toEqual([
      'Backups-Backup in eu-west-1',
      'Backups-Monitoring in eu-west-1',
      'Backups-Backup in us-east-1',
      'Backups-Monitoring in us-east-1',
    ]);
    expect(new Set(stacks.map((stack) => stack.account))).toEqual(new Set([account]));
  });

  test('a stack keeps its name, and so its owner, however many Regions there are', () => {
    const one = stacksOf({ env: { account, region: 'eu-west-1' } });
    const two = stacksOf({ env: { account }, regions: ['eu-west-1', 'us-east-1'] });

    expect([...one, ...two].map(({ stackName }) => stackName)).toEqual([
      'Backups-Backup',
      'Backups-Monitoring',
      'Backups-Backup',
      'Backups-Monitoring',
      'Backups-Backup',
      'Backups-Monitoring',
    ]);
  });

  test('[C12] a Region not known to offer EventBridge Scheduler is refused at synth, with the nearest one that does', () => {
    expect(() => aStack({ env: { account, region: 'eu-wst-1' } })).toThrow(
      "region must be one that offers EventBridge Scheduler, got 'eu-wst-1': did you mean 'eu-west-1'?",
    );
    expect(() => aStack({ env: { account, region: 'me-west-1' } })).toThrow("got 'me-west-1'");
    expect(() => aStack({ env: { account } })).not.toThrow();
  });
});

describe('[B21] partitions', () => {
  test.each([
    ['aws', 'eu-west-1', 'logs.eu-west-1.amazonaws.com'],
    ['aws-cn', 'cn-north-1', 'logs.cn-north-1.amazonaws.com.cn'],
    ['aws-us-gov', 'us-gov-west-1', 'logs.us-gov-west-1.amazonaws.com'],
  ])('a stack in %s names nothing of another partition', (partition, region) => {
    const stack = aStack({ env: { account, region } });

    const partitions = JSON.stringify(resourcesOf(stack)).match(/arn:[a-z-]+(?=:)/g) ?? [];

    expect(partitions.length).toBeGreaterThan(5);
    expect(new Set(partitions)).toEqual(new Set([`arn:${partition}`]));
  });

  test('without a Region the partition is left to the deployment', () => {
    const template = JSON.stringify(resourcesOf(aStack({ env: {} })));

    expect(template).not.toMatch(/arn:aws/);
    expect(template).toContain('"Ref":"AWS::Partition"');
  });

  test.each([
    [
      'arn:aws:dynamodb:eu-west-1:999999999999:table/orders',
      /must be a table of account 123456789012, got .*of 999999999999/,
    ],
    ['arn:aws:dynamodb:us-east-1:123456789012:table/orders', /must be a table of region eu-west-1, got .*of us-east-1/],
    ['arn:aws-cn:dynamodb:eu-west-1:123456789012:table/orders', /must be a table of partition aws, got .*of aws-cn/],
  ])('%s is refused by a stack of account 123456789012 in eu-west-1', (arn, message) => {
    const app = anApp();
    const elsewhere = Table.fromTableArn(new Stack(app, 'Elsewhere'), 'Orders', arn);

    expect(() => stackFor(app, elsewhere)).toThrow(message);
  });
});

test('[B21] a table of a stack in another Region is refused', () => {
  const app = anApp();
  const elsewhere = new Stack(app, 'Elsewhere', { env: { account, region: 'us-east-1' } });
  const table = new Table(elsewhere, 'Orders', { partitionKey: { name: 'id', type: AttributeType.STRING } });

  expect(() => stackFor(app, table)).toThrow('must be a table of region eu-west-1, got Elsewhere/Orders of us-east-1');
});

function anAppWith(context: Record<string, unknown>): App {
  const app = anApp();
  for (const [key, value] of Object.entries(context)) app.node.setContext(key, value);
  return app;
}

function stacksOf(props: Omit<DynamoBackupsProps, 'plans'>): Stack[] {
  return new DynamoBackups(anApp(), 'Backups', { ...props, plans: { orders: aPlan() } }).node.children.filter(
    Stack.isStack,
  );
}

function stackFor(app: App, ...named: TableConstruct[]): BackupStack {
  const env = { account, region: 'eu-west-1' };
  return new BackupStack(app, 'Backups', { env, plans: { orders: aPlan({ tables: { named } }) } });
}
