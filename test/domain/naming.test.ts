import { hash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Backup } from '../../lambda/domain/backup.ts';
import { formatBackupName, isOwnBackup, parseBackupName, sealOf } from '../../lambda/domain/naming.ts';
import { textOf } from './arbitrary-text.ts';

const slot = new Date('2026-11-20T03:00:00Z');
const parts = { prefix: 'ddb', owner: 'a1b2c3', plan: 'orders', slot, tableId: '5f0e0e5e-0000-4000-8000-000000000001' };
const scope = { prefix: 'ddb', owner: 'a1b2c3', plan: 'orders' };

const chars = (alphabet: string, minLength: number, maxLength: number) => textOf(alphabet, { minLength, maxLength });
const lower = 'abcdefghijklmnopqrstuvwxyz';
const anySlot = fc.integer({ min: 0, max: Date.UTC(9999, 11, 31, 23, 59, 59) / 1000 }).map((s) => new Date(s * 1000));
const anyParts = fc.record({
  prefix: chars(`${lower}${lower.toUpperCase()}0123456789_-`, 1, 32),
  owner: chars(`${lower}0123456789`, 4, 16),
  plan: fc.tuple(chars(lower, 1, 1), chars(`${lower}0123456789-`, 0, 39)).map((both) => both.join('')),
  slot: anySlot,
  tableId: fc.oneof(fc.uuid(), fc.string()),
});

function aBackup(given: Partial<Backup> = {}): Backup {
  return {
    arn: 'arn:aws:dynamodb:eu-central-1:123456789012:table/orders/backup/01',
    name: formatBackupName(parts),
    tableName: 'orders',
    tableId: parts.tableId,
    createdAt: slot,
    status: 'AVAILABLE',
    type: 'USER',
    sizeBytes: 0,
    ...given,
  };
}

describe('the name of a backup', () => {
  test('[B16] stays within the 3 to 255 characters DynamoDB allows, whatever the table is called', () => {
    fc.assert(
      fc.property(anyParts, (given) => {
        const name = formatBackupName(given);

        expect(name).toMatch(/^[a-zA-Z0-9_.-]{3,255}$/);
        expect(name.length).toBeLessThanOrEqual(120);
      }),
    );
  });

  test('[B16] is read back into exactly what it was made of', () => {
    fc.assert(
      fc.property(anyParts, (given) => {
        const { tableId, ...readable } = given;

        expect(parseBackupName(formatBackupName(given))).toEqual({
          ...readable,
          seal: sealOf({ ...readable, tableId }),
        });
      }),
    );
  });

  test('[B16] differs as soon as one part differs', () => {
    const part = fc.constantFrom('prefix', 'owner', 'plan', 'slot', 'tableId');
    fc.assert(
      fc.property(anyParts, anyParts, part, (one, another, changed) => {
        const other = { ...one, [changed]: another[changed] };
        fc.pre(String(one[changed]) !== String(other[changed]));

        expect(formatBackupName(other)).not.toBe(formatBackupName(one));
      }),
    );
  });

  test('[B17] differs between 20,000 tables backed up in one slot', () => {
    const names = Array.from({ length: 20_000 }, (_, i) => formatBackupName({ ...parts, tableId: `table-${i}` }));

    expect(new Set(names).size).toBe(20_000);
  });

  test('[C09] keeps the grammar that backups already taken carry', () => {
    const taken = 'ddb.a1b2c3.orders.20261120T030000Z.1f24e30b13d2';

    const parsed = parseBackupName(taken);

    expect(parsed).toEqual({ ...scope, slot, seal: '1f24e30b13d2' });
    expect(formatBackupName(parts)).toBe(taken);
    expect(isOwnBackup(aBackup({ name: taken }), scope)).toBe(true);
  });

  test.each([
    [{ prefix: '' }, /prefix must match .*, got ""/],
    [{ prefix: 'a.b' }, /prefix must match .*, got "a.b"/],
    [{ owner: 'ABCD' }, /owner must match .*, got "ABCD"/],
    [{ plan: 'x'.repeat(41) }, /plan must match/],
    [{ plan: `a${'!'.repeat(1000)}` }, /plan must match .{1,120}…"$/],
    [{ slot: new Date('2026-11-20T03:00:00.001Z') }, /whole seconds, got 2026-11-20T03:00:00.001Z/],
    [{ slot: new Date(NaN) }, /whole seconds, got an invalid date/],
    [{ slot: new Date('1969-12-31T23:59:59Z') }, /1970 to 9999/],
    [{ slot: new Date('+010000-01-01T00:00:00Z') }, /1970 to 9999/],
  ])('is refused for parts outside the grammar: %p', (given, message) => {
    expect(() => formatBackupName({ ...parts, ...given })).toThrow(message);
  });
});

describe('a name that is not ours', () => {
  test('[C09] is unknown, never an error, whatever string it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' }), anyParts.map(formatBackupName)), (name) => {
        const parsed = parseBackupName(name);

        const restored = parsed && [parsed.prefix, parsed.owner, parsed.plan].join('.');
        expect(restored === undefined || name.startsWith(`${restored}.`)).toBe(true);
        expect(parseBackupName(`${name}x`)).toBeUndefined();
        expect(parseBackupName(`${name}\n`)).toBeUndefined();
      }),
    );
  });

  test.each([
    'ddb.a1b2c3.orders.20260230T030000Z.1f24e30b13d2',
    'ddb.a1b2c3.orders.20261120T250000Z.1f24e30b13d2',
    'ddb.a1b2c3.orders.19691120T030000Z.1f24e30b13d2',
    'ddb.a1b2c3.orders.20261120T030000Z.1F24E30B13D2',
    'ddb.a1b2c3.orders.20261120T030000Z',
    'ddb.a1b2c3.20261120T030000Z.1f24e30b13d2',
    'orders-before-migration',
    '',
  ])('[C09] %p is not read as one of ours', (name) => {
    expect(parseBackupName(name)).toBeUndefined();
  });
});

describe('ownership', () => {
  test('a backup a plan took is its own', () => {
    expect(isOwnBackup(aBackup(), scope)).toBe(true);
  });

  test.each([
    ['another prefix', {}, { prefix: 'other' }],
    ['another deployment', {}, { owner: 'zzzz99' }],
    ['another plan', {}, { plan: 'orders-2' }],
    ['a name without grammar', { name: 'before-migration' }, {}],
    ['a system backup', { type: 'SYSTEM' }, {}],
    ['an AWS Backup recovery point', { type: 'AWS_BACKUP' }, {}],
    ['a type unknown today', { type: 'user' }, {}],
  ])('[B17] %s is not', (_, backup, otherScope) => {
    expect(isOwnBackup(aBackup(backup), { ...scope, ...otherScope })).toBe(false);
  });

  test('[R12] a name that happens to fit the grammar is not ours unless its seal fits the table and the slot', () => {
    fc.assert(
      fc.property(anyParts, chars('0123456789abcdef', 12, 12), (given, guess) => {
        fc.pre(guess !== sealOf(given));
        const name = [...formatBackupName(given).split('.').slice(0, -1), guess].join('.');

        expect(isOwnBackup(aBackup({ name, tableId: given.tableId }), given)).toBe(false);
      }),
    );
  });

  test('[R12] a slot that does not exist is nobody’s, however many slots were asked about before', () => {
    const ofSlot = (text: string): Backup => {
      const seal = hash('sha256', `${parts.owner}\n${parts.plan}\n${parts.tableId}\n${text}`, 'hex').slice(0, 12);
      return aBackup({ name: `ddb.a1b2c3.orders.${text}.${seal}` });
    };
    const hours = Array.from({ length: 10_100 }, (_, nth) => new Date(slot.getTime() - nth * 3_600_000));

    for (const hour of hours)
      expect(isOwnBackup(aBackup({ name: formatBackupName({ ...parts, slot: hour }) }), scope)).toBe(true);

    expect(isOwnBackup(ofSlot('20260228T030000Z'), scope)).toBe(true);
    expect(isOwnBackup(ofSlot('20260230T030000Z'), scope)).toBe(false);
    expect(isOwnBackup(ofSlot('20260230T030000Z'), scope)).toBe(false);
  });

  test('[R12] a name of ours on a backup of another table, or moved to another slot, is not ours', () => {
    fc.assert(
      fc.property(anyParts, fc.uuid(), anySlot, (given, otherTableId, otherSlot) => {
        fc.pre(otherTableId !== given.tableId && otherSlot.getTime() !== given.slot.getTime());
        const name = formatBackupName(given);
        const slotOf = (text: string) => text.split('.')[3] ?? '';
        const moved = name.replace(slotOf(name), slotOf(formatBackupName({ ...given, slot: otherSlot })));

        expect(isOwnBackup(aBackup({ name, tableId: given.tableId }), given)).toBe(true);
        expect(isOwnBackup(aBackup({ name, tableId: otherTableId }), given)).toBe(false);
        expect(isOwnBackup(aBackup({ name: moved, tableId: given.tableId }), given)).toBe(false);
      }),
    );
  });
});
