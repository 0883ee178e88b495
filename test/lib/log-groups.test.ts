import type { Stack } from 'aws-cdk-lib';
import { describe, expect, test } from '@jest/globals';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { BackupStackProps } from '../../lib/backup-stack.ts';
import { aDrillStack, aMonitoringStack, aStack, aVaultedPlan, propertiesOf, resourcesOf } from './deploy.ts';

type Props = Partial<Omit<BackupStackProps, 'monitoring'>>;

const notify = { emails: ['oncall@example.com'] };

const stacks: readonly [string, (props: Props) => Stack, number][] = [
  ['the backup stack', aStack, 2],
  ['the backup stack of a plan of AWS Backup', (props) => aStack({ plans: { orders: aVaultedPlan() }, ...props }), 3],
  ['the drill stack', aDrillStack, 3],
  ['the monitoring stack, the weekly summary included', (props) => aMonitoringStack({ notify, ...props }), 2],
];

describe.each(stacks)('[M12] in %s', (_, stackOf, functions) => {
  test('every function writes into a log group of the stack, and there is no other', () => {
    const stack = stackOf({});
    const groups = Object.entries(resourcesOf(stack)).filter(([, { Type }]) => Type === 'AWS::Logs::LogGroup');
    const named = propertiesOf(stack, 'AWS::Lambda::Function').map(({ LoggingConfig }) => LoggingConfig);

    expect(named).toHaveLength(functions);
    expect(named).toEqual(expect.arrayContaining(groups.map(([id]) => ({ LogGroup: { Ref: id } }))));
    expect(groups).toHaveLength(functions);
  });

  test('every log group forgets, and is encrypted with the key of the deployment', () => {
    for (const { RetentionInDays, KmsKeyId } of propertiesOf(stackOf({}), 'AWS::Logs::LogGroup')) {
      expect(RetentionInDays).toBe(RetentionDays.THREE_MONTHS);
      expect(JSON.stringify(KmsKeyId)).toMatch(/Key/);
    }
  });

  test('or with that of AWS, where the deployment has none', () => {
    const groups = propertiesOf(stackOf({ encryptionKey: 'aws-owned' }), 'AWS::Logs::LogGroup');

    expect(groups.map(({ KmsKeyId }) => KmsKeyId)).toEqual(groups.map(() => undefined));
    for (const { RetentionInDays } of groups) expect(RetentionInDays).toBe(RetentionDays.THREE_MONTHS);
  });
});
