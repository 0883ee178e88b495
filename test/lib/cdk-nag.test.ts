import { describe, expect, test } from '@jest/globals';
import { Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';
import type { BackupStackProps } from '../../lib/backup-stack.ts';
import {
  account,
  aCopyingPlan,
  aDrillingPlan,
  aDrillStack,
  aMonitoringStack,
  aPlan,
  aStack,
  aVaultedPlan,
  aVaultStack,
  toFrankfurt,
} from './deploy.ts';

const deployments: Record<string, Partial<Omit<BackupStackProps, 'monitoring'>>> = {
  'by name': {},
  'by pattern': { plans: { orders: aPlan({ tables: { named: ['orders'], matching: ['prod-*', 'users-?'] } }) } },
  'by tag': { plans: { orders: aPlan({ tables: { tagged: { backup: 'daily' } } }) } },
  'by pattern and by tag, with point-in-time recovery': {
    plans: {
      orders: aPlan({ tables: { matching: ['prod-*'] }, pointInTimeRecovery: {} }),
      users: aPlan({ tables: { tagged: { backup: 'daily' } }, pointInTimeRecovery: {} }),
    },
  },
  'by tag, with AWS Backup': { plans: { orders: aVaultedPlan({ tables: { tagged: { backup: 'daily' } } }) } },
  'by pattern, with both engines': {
    plans: { orders: aPlan(), ledgers: aVaultedPlan({ tables: { matching: ['ledger-*'] } }) },
  },
  'by pattern, with copies to other Regions and accounts': {
    plans: {
      ledgers: aCopyingPlan({ tables: { matching: ['ledger-*'] } }, [
        toFrankfurt,
        { ...toFrankfurt, vaultArn: 'arn:aws:backup:eu-central-1:210987654321:backup-vault:company' },
      ]),
    },
  },
  'with keys of AWS': { encryptionKey: 'aws-owned' },
  'in any Region': { env: {} },
  'in China': { env: { account, region: 'cn-north-1' } },
};

const drills: Record<string, Partial<BackupStackProps>> = {
  'by name': {},
  'by tag, to a point in time': {
    plans: {
      orders: aDrillingPlan({
        tables: { tagged: { backup: 'daily' } },
        drill: { schedule: 'rate(7 days)', backup: 'point-in-time' },
      }),
    },
  },
  'by pattern and by tag, with AWS Backup': {
    plans: {
      ledgers: aVaultedPlan({ tables: { matching: ['ledger-*'] }, drill: { schedule: 'rate(7 days)' } }),
      users: aVaultedPlan({ tables: { tagged: { backup: 'daily' } }, drill: { schedule: 'rate(7 days)' } }),
    },
  },
  'with keys of AWS': { encryptionKey: 'aws-owned' },
};

describe.each(Object.keys(drills))('drills %s', (name) => {
  test('have no finding of the AwsSolutions rules', () => {
    expect(new AwsSolutionsChecks().validateScope(aDrillStack(drills[name])).violations).toEqual([]);
  });

  test('acknowledge nothing but findings there would be, each with a reason', () => {
    const stack = aDrillStack(drills[name]);

    expect(acknowledgedBy(stack).map(({ rule }) => rule)).toEqual(findingsOf(stack));
    for (const { reason } of acknowledgedBy(stack)) expect(reason.length).toBeGreaterThan(40);
  });
});

test('a vault has no finding of the AwsSolutions rules, and acknowledges none', () => {
  const { vaults } = aVaultStack();

  expect(new AwsSolutionsChecks().validateScope(vaults).violations).toEqual([]);
  expect(acknowledgedBy(vaults)).toEqual([]);
});

describe.each(Object.keys(deployments))('the watch of a deployment %s', (name) => {
  test('has no finding of the AwsSolutions rules', () => {
    expect(new AwsSolutionsChecks().validateScope(aMonitoringStack(deployments[name])).violations).toEqual([]);
  });

  test('acknowledges nothing but findings there would be, each with a reason', () => {
    const stack = aMonitoringStack(deployments[name]);

    expect(acknowledgedBy(stack).map(({ rule }) => rule)).toEqual(findingsOf(stack));
    for (const { reason } of acknowledgedBy(stack)) expect(reason.length).toBeGreaterThan(40);
  });
});

describe.each(Object.keys(deployments))('a deployment %s', (name) => {
  test('has no finding of the AwsSolutions rules', () => {
    const report = new AwsSolutionsChecks().validateScope(aStack(deployments[name]));

    expect(report.violations).toEqual([]);
  });

  test('acknowledges nothing but findings there would be, each with a reason', () => {
    const stack = aStack(deployments[name]);

    const findings = findingsOf(stack);

    expect(acknowledgedBy(stack).map(({ rule }) => rule)).toEqual(findings);
    for (const { reason } of acknowledgedBy(stack)) expect(reason.length).toBeGreaterThan(40);
  });
});

test('where tables are chosen by name, only listing, reading settings and the ids of backups need a wildcard', () => {
  const wildcards = [
    'AwsSolutions-IAM5[Resource::*]',
    'AwsSolutions-IAM5[Resource::arn:aws:dynamodb:eu-west-1:123456789012:table/orders/backup/*]',
  ];
  const readingSettings = [
    'AwsSolutions-IAM5[Resource::arn:aws:dynamodb:eu-west-1:123456789012:table/*/index/*]',
    'AwsSolutions-IAM5[Resource::arn:aws:kinesis:eu-west-1:123456789012:stream/*]',
  ];

  expect(acknowledgedBy(aStack()).map(({ rule }) => rule)).toEqual(
    [...wildcards, ...wildcards, ...readingSettings, 'AwsSolutions-SQS3', 'AwsSolutions-SQS3'].sort(),
  );
});

interface Acknowledgement {
  readonly rule: string;
  readonly reason: string;
}

function acknowledgedBy(scope: IConstruct): Acknowledgement[] {
  return scope.node
    .findAll()
    .flatMap(({ node }) => node.metadata.filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY))
    .flatMap(({ data }) => Object.entries(data as Record<string, string>))
    .map(([id, reason]) => ({ rule: id.replace(/^annotation::/i, ''), reason }))
    .sort((a, b) => (a.rule < b.rule ? -1 : 1));
}

/** What the rules would find if nothing were acknowledged, once per resource. */
function findingsOf(scope: IConstruct): string[] {
  const rules = new AwsSolutionsChecks();
  Reflect.set(rules, 'isAcknowledged', () => false);
  return rules
    .validateScope(scope)
    .violations.flatMap(({ ruleName, violatingResources }) => violatingResources.map(() => ruleName))
    .sort();
}
