import { describe, expect, test } from '@jest/globals';
import { letsEverybodyIn } from '../../../lambda/domain/drill/public-policy.ts';

const allow = { Effect: 'Allow', Action: 'dynamodb:GetItem', Resource: '*' };

describe('[X33] a resource policy', () => {
  test.each([
    ['the principal *', { Statement: [{ ...allow, Principal: '*' }] }],
    ['any AWS principal', { Statement: [{ ...allow, Principal: { AWS: '*' } }] }],
    ['any AWS principal among others', { Statement: [{ ...allow, Principal: { AWS: ['123456789012', '*'] } }] }],
    ['a single statement that is no list', { Statement: { ...allow, Principal: '*' } }],
    ['conditions that are none', { Statement: [{ ...allow, Principal: '*', Condition: {} }] }],
    ['everybody but one', { Statement: [{ ...allow, NotPrincipal: { AWS: '123456789012' } }] }],
  ])('with %s lets everybody in', (_, policy) => {
    expect(letsEverybodyIn(policy)).toBe(true);
  });

  test.each([
    ['one account', { Statement: [{ ...allow, Principal: { AWS: '123456789012' } }] }],
    [
      'a condition',
      { Statement: [{ ...allow, Principal: '*', Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }] },
    ],
    ['a Deny for everybody', { Statement: [{ ...allow, Effect: 'Deny', Principal: '*' }] }],
    ['no principal', { Statement: [allow] }],
    ['statements nobody can read', { Statement: ['Allow', ['*'], null] }],
    ['no statement', {}],
  ])('with %s does not', (_, policy) => {
    expect(letsEverybodyIn(policy)).toBe(false);
  });
});
