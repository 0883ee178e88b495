import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseDynamoDbArn, whyForeign } from '../../lambda/domain/arn.ts';
import { textOf } from './arbitrary-text.ts';

const home = { partition: 'aws', region: 'eu-central-1', account: '123456789012' };
const table = 'arn:aws:dynamodb:eu-central-1:123456789012:table/orders';

const place = fc.constantFrom(
  { partition: 'aws', region: 'eu-central-1' },
  { partition: 'aws', region: 'ap-southeast-2' },
  { partition: 'aws-cn', region: 'cn-north-1' },
  { partition: 'aws-us-gov', region: 'us-gov-west-1' },
);
const account = textOf('0123456789', { minLength: 12, maxLength: 12 });
const tableName = textOf('abcXYZ019_.-', { minLength: 3, maxLength: 255 });
const backupId = fc.option(fc.constant('01489602797149-73d8d5bc'), { nil: undefined });

describe('the ARN of a table or a backup', () => {
  test('[B21] is read in every partition', () => {
    fc.assert(
      fc.property(place, account, tableName, backupId, (where, inAccount, name, id) => {
        const arn = `arn:${where.partition}:dynamodb:${where.region}:${inAccount}:table/${name}${id ? `/backup/${id}` : ''}`;

        expect(parseDynamoDbArn(arn)).toEqual({ ...where, account: inAccount, tableName: name, backupId: id });
        expect(whyForeign(arn, { ...where, account: inAccount })).toBeUndefined();
      }),
    );
  });

  test.each([
    '',
    'orders',
    'arn:aws:s3:::bucket',
    'arn:aws:dynamodb:eu-central-1:123456789012:table/or',
    'arn:aws:dynamodb:eu-central-1:123456789012:table/orders/',
    'arn:aws:dynamodb:eu-central-1:123456789012:table/orders/index/by-date',
    'arn:aws:dynamodb:eu-central-1:123456789012:table/orders/stream/2026-11-20T00:00:00.000',
    'arn:aws:dynamodb:eu-central-1:12345:table/orders',
    'arn:aws:dynamodb:eu-central-1:123456789012:table/*',
    'arn:aws:dynamodb::123456789012:table/orders',
    'arn:aws-cn:dynamodb:eu-central-1:123456789012:table/orders',
    'arn:aws:dynamodb:cn-north-1:123456789012:table/orders',
    'arn:aws:dynamodb:us-gov-west-1:123456789012:table/orders',
    'arn:aws-mars:dynamodb:eu-central-1:123456789012:table/orders',
    `${'x'.repeat(1_000_000)}${table}`,
    `${table}\n`,
  ])('[B21] is nothing else: %#', (arn) => {
    expect(parseDynamoDbArn(arn)).toBeUndefined();
    expect(whyForeign(arn, home)).toMatch(/^must be the ARN of a DynamoDB table or backup, got "/);
  });

  test.each([
    ['arn:aws:dynamodb:eu-west-1:123456789012:table/orders', 'must be of region eu-central-1, got eu-west-1 in arn:'],
    [
      'arn:aws:dynamodb:eu-central-1:210987654321:table/orders',
      'must be of account 123456789012, got 210987654321 in arn:',
    ],
    ['arn:aws-cn:dynamodb:cn-north-1:123456789012:table/orders', 'must be of partition aws, got aws-cn in arn:'],
    [
      'arn:aws-us-gov:dynamodb:us-gov-west-1:123456789012:table/orders/backup/01489602797149-73d8d5bc',
      'must be of partition aws, got aws-us-gov in arn:',
    ],
  ])('[B21] of elsewhere is refused: %s', (arn, reason) => {
    expect(whyForeign(arn, home)).toContain(reason);
  });
});
