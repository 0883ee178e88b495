import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Function } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { settingNames } from '../../lambda/domain/settings.ts';
import {
  aCopyingPlan,
  aDrillingPlan,
  aDrillStack,
  aMonitoringStack,
  aPlan,
  aStack,
  aVaultedPlan,
  env,
  resourcesOf,
  toFrankfurt,
} from './deploy.ts';
import { roleStatements } from './iam-simulation.ts';

const root = resolve(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

describe('docs/permissions.md', () => {
  test('has each statement of each role with its actions, and no other', () => {
    expect(documentedGrants()).toEqual(deployedGrants());
  });

  test.each(documentedCode())('%s still has %s', (path, code) => {
    expect(read(path)).toContain(code);
  });

  test('no code calls AWS without a row', () => {
    const documented = documentedCode().map(([path, code]) => `${path}: ${code}`);

    expect(callsToAws().filter((call) => !documented.includes(call))).toEqual([]);
  });
});

function documentedRows(): string[][] {
  const rows = read('docs/permissions.md')
    .split('\n')
    .filter((line) => line.startsWith('| `'));
  return rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** Who types a command brings rights of their own, which nobody deploys. */
const operator = 'operator';

/** `role: statement: actions`, sorted. */
function documentedGrants(): string[] {
  return documentedRows()
    .filter(([, roles]) => roles !== operator)
    .flatMap(([sid = '', roles = '', actions = '']) =>
      roles.split(', ').map((role) => `${role}: ${quoted(sid).join()}: ${quoted(actions).join(' ')}`),
    )
    .sort();
}

function deployedGrants(): string[] {
  const plans = {
    named: aPlan({ pointInTimeRecovery: {} }),
    tagged: aPlan({
      tables: { tagged: { backup: 'daily' } },
      keep: { hourly: 24, daily: 7 },
      pointInTimeRecovery: {},
    }),
  };
  const validator = Function.fromFunctionArn(
    new Stack(undefined, 'Elsewhere', { env }),
    'CheckOrders',
    'arn:aws:lambda:eu-west-1:123456789012:function:check-orders',
  );
  const vaulted = {
    vaulted: aCopyingPlan({ tables: { named: ['ledgers'] } }),
    'vaulted-by-tag': aVaultedPlan({ tables: { tagged: { backup: 'vault' } } }),
  };
  const topic = Topic.fromTopicArn(
    new Stack(undefined, 'Operations', { env }),
    'Alarms',
    'arn:aws:sns:eu-west-1:123456789012:alarms',
  );
  const drilling = {
    named: aDrillingPlan({
      drill: {
        schedule: 'cron(0 6 ? * SUN *)',
        backup: 'point-in-time',
        validate: { function: validator },
        rearm: settingNames,
      },
    }),
    tagged: aDrillingPlan({ tables: { tagged: { backup: 'daily' } } }),
  };
  const schedule = 'cron(0 6 ? * SUN *)';
  // Everything together would be more than the policies of one role may hold.
  const drillingPoints = {
    vaulted: aCopyingPlan(
      { tables: { named: ['ledgers'] }, drill: { schedule, rearm: settingNames, reportToAwsBackup: true } },
      [{ ...toFrankfurt, drill: true }],
    ),
    'vaulted-by-tag': aVaultedPlan({
      tables: { tagged: { backup: 'vault' } },
      drill: { schedule, rearm: settingNames },
    }),
  };
  const all = { ...plans, ...vaulted };
  const stacks = [
    aStack({ plans: all }),
    aDrillStack({ plans: drilling }),
    aDrillStack({ plans: drillingPoints }),
    aMonitoringStack({ plans: all, notify: { topic } }),
  ];
  const roles = stacks.flatMap((stack) => [...roleStatements(resourcesOf(stack))]);
  const grants = roles.flatMap(([role, statements]) =>
    statements
      .filter(({ effect }) => effect === 'Allow')
      .map(({ sid, actions }) => `${spelled(role)}: ${sid.replace(/ByTag\d+$/, 'ByTag…')}: ${actions.join(' ')}`),
  );
  // Each choice of tables by tag has a statement of its own.
  return [...new Set(grants)].sort();
}

/** `BackupSchedulesRole` is spelled `backup schedules` for people. */
function spelled(role: string): string {
  return role
    .replace(/Role$/, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase();
}

/** Which file must hold which piece of code, as the last column says. */
function documentedCode(): [path: string, code: string][] {
  return documentedRows().flatMap((cells) =>
    (cells.at(-1) ?? '').split('; ').flatMap((place) => {
      const [path = '', ...codes] = quoted(place);
      return codes.map((code): [string, string] => [path, code]);
    }),
  );
}

/** Every command and paginator of the AWS SDK that the adapters use. */
function callsToAws(): string[] {
  const paths = readdirSync(join(root, 'lambda/aws'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `lambda/aws/${name}`);
  return paths.flatMap((path) => {
    const calls = read(path).match(/\b(?:[A-Z]\w+Command|paginate[A-Z]\w+)\b/g) ?? [];
    return [...new Set(calls)].map((call) => `${path}: ${call}`);
  });
}

function quoted(text: string): string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}
