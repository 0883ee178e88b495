import { settingNames, type TableFacts, type TableSettings } from '../../lambda/domain/settings.ts';

export const everySetting = settingNames;

/** A table of account 123456789012 in eu-central-1; parts can be replaced. */
export function factsOf(name: string, parts: Partial<TableFacts> = {}): TableFacts {
  return {
    name,
    arn: `arn:aws:dynamodb:eu-central-1:123456789012:table/${name}`,
    id: `id-of-${name}`,
    billing: 'PROVISIONED',
    indexes: [],
    ...parts,
  };
}

/** Settings of the table `orders`, all off; parts can be replaced. */
export function settingsWith(
  settings: Partial<TableSettings['settings']> = {},
  table: TableFacts = factsOf('orders'),
): TableSettings {
  return {
    version: 1,
    capturedAt: '2026-11-20T03:00:00.000Z',
    table,
    settings: {
      tags: 'off',
      'time-to-live': 'off',
      stream: 'off',
      'point-in-time-recovery': 'off',
      'auto-scaling': 'off',
      'deletion-protection': 'off',
      'table-class': 'off',
      'resource-policy': 'off',
      'contributor-insights': 'off',
      'kinesis-destination': 'off',
      alarms: 'off',
      ...settings,
    },
  };
}

const { arn } = factsOf('orders');

/** Settings of the provisioned table `orders` with the indexes `by-customer` and `by-day`, everything set. */
export const fullSettings = settingsWith(
  {
    tags: { is: { 'cost-centre': 'a b', stage: 'prod' } },
    'time-to-live': { is: { attribute: 'expiresAt' } },
    stream: { is: { viewType: 'NEW_AND_OLD_IMAGES' } },
    'point-in-time-recovery': { is: { days: 14 } },
    'auto-scaling': {
      is: [
        {
          dimension: 'dynamodb:table:ReadCapacityUnits',
          minimum: 5,
          maximum: 50,
          policies: [{ name: 'read', targetTracking: { TargetValue: 70 } }],
        },
        {
          index: 'by-day',
          dimension: 'dynamodb:index:ReadCapacityUnits',
          minimum: 1,
          maximum: 9,
          suspended: { DynamicScalingInSuspended: true },
          policies: [
            {
              name: 'own-metric',
              targetTracking: {
                TargetValue: 0.5,
                CustomizedMetricSpecification: { Dimensions: [{ Name: 'TableName', Value: 'orders' }] },
              },
            },
          ],
        },
      ],
    },
    'deletion-protection': { is: 'on' },
    'table-class': { is: 'STANDARD_INFREQUENT_ACCESS' },
    'resource-policy': {
      is: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Principal: { AWS: 'arn:aws:iam::111122223333:root' },
            Action: 'dynamodb:Query',
            Resource: [arn, `${arn}/index/*`, `${arn}-archive`],
          },
        ],
      },
    },
    'contributor-insights': {
      is: [{ mode: 'ACCESSED_AND_THROTTLED_KEYS' }, { index: 'by-day', mode: 'THROTTLED_KEYS' }],
    },
    'kinesis-destination': {
      is: [{ streamArn: 'arn:aws:kinesis:eu-central-1:123456789012:stream/s', precision: 'MILLISECOND' }],
    },
    alarms: {
      is: [
        {
          AlarmName: 'orders-throttled',
          Namespace: 'AWS/DynamoDB',
          Dimensions: [
            { Name: 'TableName', Value: 'orders' },
            { Name: 'Operation', Value: 'GetItem' },
          ],
          Threshold: 1,
        },
        { AlarmName: 'reads', Dimensions: [{ Name: 'TableName', Value: 'orders' }], Threshold: null },
      ],
    },
  },
  factsOf('orders', { indexes: ['by-customer', 'by-day'] }),
);
