import { describe, expect, test } from '@jest/globals';
import { decide, type Statement } from './iam-simulation.ts';

const base = 'arn:aws:dynamodb:eu-west-1:123456789012:table';

function allow(action: string, resource: string, equals: Statement['equals'] = {}): Statement {
  return { sid: 'Test', effect: 'Allow', actions: [action], resources: [resource], notResources: [], equals };
}

function deny(action: string, notResource: string): Statement {
  return { sid: 'Test', effect: 'Deny', actions: [action], resources: [], notResources: [notResource], equals: {} };
}

describe('the evaluator agrees with what an independent IAM simulator said', () => {
  const everything = allow('*', '*');

  test.each([
    ['the drill prefix covers a drill', allow('dynamodb:DeleteTable', `${base}/drill-*`), `${base}/drill-1`, 'allowed'],
    [
      'the drill prefix does not cover production',
      allow('dynamodb:DeleteTable', `${base}/drill-*`),
      `${base}/prod`,
      'denied',
    ],
    ['table/* covers production', allow('dynamodb:DeleteTable', `${base}/*`), `${base}/prod`, 'allowed'],
    [
      'backups of any table are no tables',
      allow('dynamodb:DeleteTable', `${base}/*/backup/*`),
      `${base}/Orders`,
      'denied',
    ],
  ] as const)('%s', (_, statement, resource, decision) => {
    expect(decide([statement], { action: 'dynamodb:DeleteTable', resource })).toBe(decision);
  });

  test.each([
    ['a name and a slash cover its backups', `${base}/Orders/backup/*`, `${base}/Orders/backup/1`, 'allowed'],
    ['but not those of a longer name', `${base}/Orders/backup/*`, `${base}/Orders2/backup/1`, 'denied'],
    ['a name and a wildcard over-match', `${base}/Orders*`, `${base}/OrdersArchive/backup/1`, 'allowed'],
    ['a table alone does not cover its backups', `${base}/Orders`, `${base}/Orders/backup/1`, 'denied'],
  ] as const)('%s', (_, pattern, resource, decision) => {
    const statement = allow('dynamodb:DeleteBackup', pattern);
    expect(decide([statement], { action: 'dynamodb:DeleteBackup', resource })).toBe(decision);
  });

  test('ListBackups on a table is a dead statement', () => {
    const request = { action: 'dynamodb:ListBackups', resource: '*' };
    expect(decide([allow('dynamodb:ListBackups', `${base}/Orders`)], request)).toBe('denied');
    expect(decide([allow('dynamodb:ListBackups', '*')], request)).toBe('allowed');
  });

  test('a deny with exceptions wins over any allow', () => {
    const statements = [everything, deny('dynamodb:DeleteTable', `${base}/drill-*`)];
    expect(decide(statements, { action: 'dynamodb:DeleteTable', resource: `${base}/prod` })).toBe('explicitly denied');
    expect(decide(statements, { action: 'dynamodb:DeleteTable', resource: `${base}/drill-1` })).toBe('allowed');
  });

  test('a condition on a tag needs the tag, with its value', () => {
    const statement = allow('dynamodb:CreateBackup', `${base}/*`, { 'aws:ResourceTag/backup': ['daily'] });
    const request = { action: 'dynamodb:CreateBackup', resource: `${base}/Orders` };
    expect(decide([statement], request)).toBe('denied');
    expect(decide([statement], { ...request, context: { 'aws:ResourceTag/backup': 'never' } })).toBe('denied');
    expect(decide([statement], { ...request, context: { 'aws:ResourceTag/backup': 'daily' } })).toBe('allowed');
  });
});
