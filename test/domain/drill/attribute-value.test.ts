import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { isAttributes, isAttributeValue, isItemKey } from '../../../lambda/domain/drill/attribute-value.ts';

const { value } = fc.letrec<{ value: object }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.record({ S: fc.string() }),
    fc.record({ N: fc.integer().map(String) }),
    fc.record({ B: fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64')) }),
    fc.record({ BOOL: fc.boolean() }),
    fc.record({ NULL: fc.constant(true) }),
    fc.record({ SS: fc.uniqueArray(fc.string(), { minLength: 1 }) }),
    fc.record({ NS: fc.uniqueArray(fc.integer().map(String), { minLength: 1 }) }),
    fc.record({ L: fc.array(tie('value')) }),
    fc.record({ M: fc.dictionary(fc.string({ minLength: 1 }), tie('value')) }),
  ),
}));

describe('an attribute', () => {
  test('of any kind DynamoDB has is taken', () => {
    fc.assert(fc.property(value, (given) => isAttributeValue(given)));
  });

  test('of two kinds at once, or of a kind nobody knows, is refused', () => {
    fc.assert(
      fc.property(value, fc.string(), (given, more) => {
        fc.pre(!Object.hasOwn(given, more));

        expect(isAttributeValue({ ...given, [more]: 'x' })).toBe(false);
      }),
    );
  });

  test.each([
    '0',
    '-0',
    '42',
    '+7',
    '3.14',
    '.5',
    '5.',
    '1e3',
    '1E-130',
    '9.9e125',
    `0.${'0'.repeat(60)}1`,
    '1'.repeat(38),
  ])('N %s is a number', (N) => {
    expect(isAttributeValue({ N })).toBe(true);
  });

  test.each([
    '',
    'one',
    '0x1',
    'NaN',
    'Infinity',
    '1e126',
    '1e-131',
    '1 ',
    '1_000',
    '1'.repeat(39),
    '0'.repeat(201),
    7,
  ])('N %p is no number DynamoDB takes', (N) => {
    expect(isAttributeValue({ N })).toBe(false);
  });

  test.each([
    [{}],
    [null],
    ['text'],
    [[]],
    [{ S: 7 }],
    [{ B: 'not base64' }],
    [{ BOOL: 'true' }],
    [{ NULL: false }],
    [{ SS: [] }],
    [{ SS: ['a', 'a'] }],
    [{ NS: ['1', 'x'] }],
    [{ BS: ['AA=='], S: 'x' }],
    [{ L: [{ S: 'x' }, 'x'] }],
    [{ M: { '': { S: 'x' } } }],
    [{ M: { a: 'x' } }],
    [{ toString: 'x' }],
  ])('%j is refused', (given) => {
    expect(isAttributeValue(given)).toBe(false);
  });

  test('names attributes in an object only', () => {
    expect(isAttributes({ total: { BS: ['AA==', 'AQ=='] } })).toBe(true);
    expect(isAttributes([{ S: 'x' }])).toBe(false);
  });
});

describe('the key of an item', () => {
  test.each([[{ id: { S: '7' } }], [{ id: { N: '7' } }], [{ id: { B: 'AA==' }, at: { N: '0' } }]])(
    'may be %j',
    (key) => {
      expect(isItemKey(key)).toBe(true);
    },
  );

  test.each([
    [{}],
    [undefined],
    [{ id: { S: '' } }],
    [{ id: { B: '' } }],
    [{ id: { BOOL: true } }],
    [{ id: '7' }],
    [{ a: { S: 'x' }, b: { S: 'x' }, c: { S: 'x' } }],
  ])('must not be %j', (key) => {
    expect(isItemKey(key)).toBe(false);
  });
});
