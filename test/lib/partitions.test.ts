import { describe, expect, test } from '@jest/globals';
import { Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { AwsSolutionsChecks } from 'cdk-nag';
import { partitionOf } from '../../lambda/domain/arn.ts';
import { DynamoBackups } from '../../lib/dynamo-backups.ts';
import type { PlanProps } from '../../lib/plan-props.ts';
import { account, anApp, aPlan } from './deploy.ts';

const places = [
  ['aws', 'eu-west-1', 'eu-central-1'],
  ['aws-cn', 'cn-north-1', 'cn-northwest-1'],
  ['aws-us-gov', 'us-gov-west-1', 'us-gov-east-1'],
] as const;

/** The stacks of a deployment of everything there is, and the CloudFormation each becomes, as text. */
function deploymentIn(home: string, away: string): readonly (readonly [name: string, stack: Stack, text: string])[] {
  const app = anApp();
  const env = { account, region: home };
  const partition = partitionOf(home);
  const key = (region: string) =>
    Key.fromKeyArn(new Stack(app, `Keys-${region}`), 'Key', `arn:${partition}:kms:${region}:${account}:key/1`);
  new DynamoBackups(app, 'Backups', {
    env,
    owner: 'team0001',
    plans: plansOf(away, key(away)),
    vault: { lock: { mode: 'governance', minimumRetention: Duration.days(1) } },
    notify: {
      emails: ['oncall@example.com'],
      slack: { workspaceId: 'T0123ABCD', channelId: 'C0123ABCD' },
    },
  });
  const stacks = app.node.findAll().filter((construct): construct is Stack => construct instanceof Stack);
  return stacks
    .filter(({ stackName }) => stackName.startsWith('Backups-'))
    .map((stack) => [stack.stackName, stack, JSON.stringify(Template.fromStack(stack).toJSON())]);
}

function plansOf(away: string, encryptionKey: IKey): Record<string, PlanProps> {
  const drill = { schedule: 'cron(0 6 ? * SUN *)' };
  const vaulted = { schedule: 'cron(0 3 * * ? *)', timeZone: 'Europe/Berlin' };
  return {
    orders: aPlan({
      tables: { matching: ['orders-*'], tagged: { backup: 'orders' } },
      objectives: { recoveryPoint: Duration.hours(2), recoveryTime: Duration.hours(1) },
      pointInTimeRecovery: { days: 14 },
      drill: { ...drill, region: away, encryptionKey },
    }),
    users: {
      ...aPlan({ tables: { named: ['users'] }, keep: { daily: 7 } }),
      backup: { ...vaulted, engine: 'both' },
      drill: { ...drill, reportToAwsBackup: true },
    },
    ledgers: {
      ...aPlan({ tables: { named: ['ledgers'] }, keep: { daily: 7 } }),
      backup: { ...vaulted, engine: 'aws-backup', awsBackup: { copies: [{ region: away, keep: { daily: 14 } }] } },
    },
  };
}

/** ARNs that name a partition, hosts, and names of Regions. */
function namesIn(text: string) {
  return {
    partitions: new Set([...text.matchAll(/\barn:(aws[a-z-]*):/g)].map(([, partition]) => partition)),
    hosts: new Set([...text.matchAll(/[a-z0-9.-]*\bamazonaws[a-z.-]*/g)].map(([host]) => host)),
    regions: new Set(
      [...text.matchAll(/\b[a-z]{2}(?:-gov)?-(?:north|south|east|west|central)+-\d\b/g)].map(([region]) => region),
    ),
  };
}

/** > In China the endpoints of a Region end in .cn; what services are called everywhere, such as lambda.amazonaws.com, does not. */
function belongs(host: string, partition: string): boolean {
  const isOfChina = host.endsWith('amazonaws.com.cn');
  const namesRegion = /(?:^|\.)[a-z]{2}(?:-[a-z]+)+-\d\./.test(host);
  if (partition !== 'aws-cn') return host.endsWith('amazonaws.com');
  return isOfChina || (host.endsWith('amazonaws.com') && !namesRegion);
}

describe.each(places)('[B21] everything there is, deployed in the partition %s', (partition, home, away) => {
  const stacks = deploymentIn(home, away);

  test('is a stack for backups, drills, the vault, copies and monitoring', () => {
    expect(stacks.map(([name]) => name).sort()).toEqual(
      ['Backup', `Copies-${home}`, 'Drill', 'Monitoring', 'Vault'].map((part) => `Backups-${part}`),
    );
  });

  test('names no ARN, no host and no Region of another partition', () => {
    const { partitions, hosts, regions } = namesIn(stacks.map(([, , text]) => text).join('\n'));

    expect(partitions).toEqual(new Set([partition]));
    expect(regions).toEqual(new Set([home, away]));
    expect(hosts.size).toBeGreaterThan(5);
    expect([...hosts].filter((host) => !belongs(host, partition))).toEqual([]);
  });

  test('has no finding of the AwsSolutions rules', () => {
    const violations = stacks.map(([name, stack]) => [name, new AwsSolutionsChecks().validateScope(stack).violations]);

    expect(violations).toEqual(stacks.map(([name]) => [name, []]));
  });
});
