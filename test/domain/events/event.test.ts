import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { briefly, eventId, inParts } from '../../../lambda/domain/events/event.ts';

describe('the id of an event', () => {
  test('is the same for the same event, and another for any other', () => {
    const id = eventId('Backups Taken', 'ab12cd34', 'orders', '2026-11-20T03:00:00Z');

    expect(eventId('Backups Taken', 'ab12cd34', 'orders', '2026-11-20T03:00:00Z')).toBe(id);
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(eventId('Backups Failed', 'ab12cd34', 'orders', '2026-11-20T03:00:00Z')).not.toBe(id);
    expect(eventId('Backups Taken', 'ab12cd34', 'orders', '2026-11-20T04:00:00Z')).not.toBe(id);
    expect(eventId('Backups Taken', 'ab12cd34o', 'rders', '2026-11-20T03:00:00Z')).not.toBe(id);
  });
});

describe('the parts of the news', () => {
  const rows = fc.array(fc.string({ maxLength: 60, unit: 'grapheme' }), { maxLength: 50 });

  test('hold every row once, in order, and at least one part there is', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 500 }), (given, bytes) => {
        const parts = inParts(given, bytes);

        expect(parts.flat()).toEqual(given);
        expect(parts.length).toBeGreaterThan(0);
        expect(given.length > 0 && parts.some((part) => part.length === 0)).toBe(false);
      }),
    );
  });

  test('are no larger than allowed, but for a row that stands alone', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 10, max: 500 }), (given, bytes) => {
        for (const part of inParts(given, bytes).filter(({ length }) => length > 1)) {
          expect(Buffer.byteLength(JSON.stringify(part))).toBeLessThanOrEqual(bytes + 2);
        }
      }),
    );
  });
});

test('a long message is cut, a short one is left as it is', () => {
  expect(briefly('no backup')).toBe('no backup');
  expect(briefly('x'.repeat(2_000))).toHaveLength(500);
});
