import { describe, expect, test } from '@jest/globals';
import { deciderOf, statementFrom } from '../../sandbox/iam/policy.ts';

const orders = 'arn:aws:dynamodb:eu-central-1:123456789012:table/orders';

function decision(statements: object[], action: string, resource: string, tags: Record<string, string> = {}) {
  const context = new Map(Object.entries(tags).map(([key, value]) => [`aws:resourcetag/${key}`, value]));
  return deciderOf(statements.map(statementFrom))({ action, resource, context });
}

const allow = (Action: string | string[], Resource: string | string[], rest = {}) => ({
  Effect: 'Allow',
  Action,
  Resource,
  ...rest,
});

describe('a policy', () => {
  test.each([
    ['names the action and the table', allow('dynamodb:CreateBackup', orders), 'allowed'],
    ['names another action', allow('dynamodb:DeleteBackup', orders), 'not allowed'],
    ['spells the action in other letters', allow('DynamoDB:createbackup', orders), 'allowed'],
    ['uses wildcards', allow('dynamodb:*Backup', 'arn:aws:dynamodb:*:*:table/ord?rs'), 'allowed'],
    ['names another table', allow('dynamodb:CreateBackup', `${orders}-archive`), 'not allowed'],
    ['excepts the table', { Effect: 'Allow', Action: '*', NotResource: orders }, 'not allowed'],
    ['excepts another action', { Effect: 'Allow', NotAction: 'dynamodb:DeleteBackup', Resource: '*' }, 'allowed'],
  ])('that %s decides', (_, statement, expected) => {
    expect(decision([statement], 'dynamodb:CreateBackup', orders)).toBe(expected);
  });

  test('that denies wins over any that allows', () => {
    const deny = { Effect: 'Deny', Action: 'dynamodb:DeleteTable', Resource: '*' };

    expect(decision([allow('*', '*'), deny], 'dynamodb:DeleteTable', orders)).toBe('denied explicitly');
  });

  test('for a table does not cover its backups, and one with a trailing star covers too much', () => {
    const backup = `${orders}-archive/backup/01489173575360-b308cd7d`;

    expect(decision([allow('dynamodb:DeleteBackup', orders)], 'dynamodb:DeleteBackup', backup)).toBe('not allowed');
    expect(decision([allow('dynamodb:DeleteBackup', `${orders}/backup/*`)], 'dynamodb:DeleteBackup', backup)).toBe(
      'not allowed',
    );
    expect(decision([allow('dynamodb:DeleteBackup', `${orders}*`)], 'dynamodb:DeleteBackup', backup)).toBe('allowed');
  });

  test('may depend on a tag of the table', () => {
    const byTag = allow('dynamodb:CreateBackup', '*', {
      Condition: { StringEquals: { 'aws:ResourceTag/backup': ['daily'] } },
    });

    expect(decision([byTag], 'dynamodb:CreateBackup', orders, { backup: 'daily' })).toBe('allowed');
    expect(decision([byTag], 'dynamodb:CreateBackup', orders, { backup: 'weekly' })).toBe('not allowed');
    expect(decision([byTag], 'dynamodb:CreateBackup', orders)).toBe('not allowed');
  });

  test('with a condition that the sandbox does not know is refused, not guessed', () => {
    const odd = allow('*', '*', { Condition: { DateGreaterThan: { 'aws:CurrentTime': '2026-01-01' } } });

    expect(() => decision([odd], 'dynamodb:CreateBackup', orders)).toThrow('DateGreaterThan');
  });
});
