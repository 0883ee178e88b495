import { describe, expect, test } from '@jest/globals';
import { aPlan, aStack, aVaultedPlan, propertiesOf } from './deploy.ts';

const vaulted = aVaultedPlan({ tables: { named: ['ledgers'] } });

describe('the ends of backup jobs', () => {
  test('are looked at at once, those of our own vault, by a run for each plan of AWS Backup', () => {
    const plans = { orders: aPlan(), ledgers: vaulted, users: aVaultedPlan({ tables: { named: ['users'] } }) };

    const rules = propertiesOf(aStack({ plans, owner: 'team0001' }), 'AWS::Events::Rule');

    expect(rules).toHaveLength(2);
    expect(rules[0]?.EventPattern).toMatchObject({
      source: ['aws.backup'],
      'detail-type': ['Backup Job State Change'],
      detail: { state: ['COMPLETED', 'FAILED', 'ABORTED', 'EXPIRED', 'PARTIAL'] },
    });
    expect(JSON.stringify(rules[0]?.EventPattern)).toContain(
      ':backup:eu-west-1:123456789012:backup-vault:dynamodb-backups-team0001',
    );
    const inputs = rules.map(({ Targets }) => (Targets as { Input: string }[])[0]?.Input ?? '');
    expect(inputs.map((input) => (JSON.parse(input) as { plan: { name: string } }).plan.name)).toEqual([
      'ledgers',
      'users',
    ]);
  });

  test('start the function that follows jobs for no other rule', () => {
    const permissions = propertiesOf(aStack({ plans: { ledgers: vaulted } }), 'AWS::Lambda::Permission');

    expect(permissions).toMatchObject([
      {
        Action: 'lambda:InvokeFunction',
        Principal: 'events.amazonaws.com',
        FunctionName: { 'Fn::GetAtt': [expect.stringMatching(/^Follow/), 'Arn'] },
        SourceArn: { 'Fn::GetAtt': [expect.stringMatching(/^FollowEndingsledgers/), 'Arn'] },
      },
    ]);
  });

  test('are left to the schedule of a plan that a rule cannot carry', () => {
    const except = Array.from({ length: 38 }, (_, nth) => `${'t'.repeat(200)}-${nth}`);
    const long = aVaultedPlan({ tables: { matching: ['t*'], except } });

    expect(propertiesOf(aStack({ plans: { long } }), 'AWS::Events::Rule')).toEqual([]);
  });

  test('mean nothing where no plan is of AWS Backup', () => {
    expect(propertiesOf(aStack(), 'AWS::Events::Rule')).toEqual([]);
  });
});
