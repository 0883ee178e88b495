import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  drillExecutionName,
  drillPrefixFault,
  formatDrillTableName,
  isDrillTableName,
  looksLikeDrillTable,
} from '../../../lambda/domain/drill/drill-table-name.ts';
import { textOf } from '../arbitrary-text.ts';

const lower = 'abcdefghijklmnopqrstuvwxyz';
const digits = '0123456789';
const prefixes = fc
  .tuple(
    textOf(`${lower}${lower.toUpperCase()}${digits}_.-`, { minLength: 7, maxLength: 63 }),
    fc.constantFrom('-', '_', '.'),
  )
  .map((both) => both.join(''));
const drills = fc.record({
  drillTablePrefix: prefixes,
  owner: textOf(`${lower}${digits}`, { minLength: 4, maxLength: 16 }),
  plan: fc
    .tuple(textOf(lower, { minLength: 1, maxLength: 1 }), textOf(`${lower}${digits}-`, { maxLength: 39 }))
    .map((both) => both.join('')),
  table: textOf(`${lower}${lower.toUpperCase()}${digits}_.-`, { minLength: 3, maxLength: 255 }),
  slot: fc.integer({ min: 0, max: Date.UTC(2200, 0) / 1000 }).map((seconds) => new Date(seconds * 1000)),
  homeRegion: fc.constantFrom(undefined, 'eu-central-1', 'us-gov-west-1', 'eusc-de-east-1'),
});
const drill = {
  drillTablePrefix: 'ddb-drill-',
  owner: 'a1b2c3',
  plan: 'orders',
  table: 'orders',
  slot: new Date('2026-11-20T05:00:00Z'),
};

describe('the name of a drill table', () => {
  test('in another Region carries the Region of its deployment, and only that one knows it for its own', () => {
    const scope = { ...drill, homeRegion: 'eu-central-1' };
    const name = formatDrillTableName(scope);

    expect(name).toBe('ddb-drill-a1b2c3-eu-central-1-4c765415aec7a493');
    expect(isDrillTableName(name, scope)).toBe(true);
    expect(isDrillTableName(name, drill)).toBe(false);
    expect(isDrillTableName(name, { ...drill, homeRegion: 'eu-west-1' })).toBe(false);
    expect(isDrillTableName(formatDrillTableName(drill), scope)).toBe(false);
    expect(() => formatDrillTableName({ ...drill, homeRegion: 'eu-*' })).toThrow(
      'homeRegion must be the name of a Region, got "eu-*"',
    );
  });

  test('of a copy is another one than that of the plan’s own backup, and so is its execution’s', () => {
    const ofCopy = { ...drill, copiesIn: 'arn:aws:backup:eu-west-1:123456789012:backup-vault:copies' };

    expect(formatDrillTableName(ofCopy)).not.toBe(formatDrillTableName(drill));
    expect(isDrillTableName(formatDrillTableName(ofCopy), drill)).toBe(true);
    expect(drillExecutionName(ofCopy)).not.toBe(drillExecutionName(drill));
    expect(formatDrillTableName({ ...drill, copiesIn: undefined })).toBe(formatDrillTableName(drill));
  });

  test('is known for one whoever made it, with the same prefix', () => {
    fc.assert(
      fc.property(drills, drills, (theirs, { drillTablePrefix }) => {
        const name = formatDrillTableName(theirs);

        expect(looksLikeDrillTable(name, theirs.drillTablePrefix)).toBe(true);
        expect(looksLikeDrillTable(`${name}0`, theirs.drillTablePrefix)).toBe(false);
        expect(looksLikeDrillTable(name, drillTablePrefix)).toBe(theirs.drillTablePrefix === drillTablePrefix);
      }),
    );
  });

  test.each([
    ['ddb-drill-orders', 'ddb-drill-'],
    ['ddb-drill-other-0123456789abcdeg', 'ddb-drill-'],
    ['ddb-drill-other-eu-central-0123456789abcdef', 'ddb-drill-'],
    ['drill-other-0123456789abcdef', 'drill-'],
    ['other-0123456789abcdef', ''],
  ])('is not %s with the prefix %p', (name, prefix) => {
    expect(looksLikeDrillTable(name, prefix)).toBe(false);
  });

  test('is within what DynamoDB allows, and known again by prefix and owner', () => {
    fc.assert(
      fc.property(drills, (given) => {
        const name = formatDrillTableName(given);

        expect(name).toMatch(/^[a-zA-Z0-9_.-]{3,255}$/);
        expect(name.startsWith(`${given.drillTablePrefix}${given.owner}-`)).toBe(true);
        expect(isDrillTableName(name, given)).toBe(true);
      }),
    );
  });

  test.each(['owner', 'plan', 'table', 'slot', 'drillTablePrefix', 'homeRegion'] as const)(
    'is the same for the same drill, and another as soon as its %s differs',
    (changed) => {
      fc.assert(
        fc.property(drills, drills, (one, another) => {
          fc.pre(String(one[changed]) !== String(another[changed]));

          expect(formatDrillTableName({ ...one })).toBe(formatDrillTableName(one));
          expect(formatDrillTableName({ ...one, [changed]: another[changed] })).not.toBe(formatDrillTableName(one));
        }),
      );
    },
  );

  test('keeps the grammar that drill tables already made carry', () => {
    expect(formatDrillTableName(drill)).toBe('ddb-drill-a1b2c3-4c765415aec7a493');
  });

  test('of another owner or prefix is not ours', () => {
    fc.assert(
      fc.property(drills, drills, (ours, theirs) => {
        fc.pre(ours.owner !== theirs.owner);

        expect(isDrillTableName(formatDrillTableName({ ...ours, owner: theirs.owner }), ours)).toBe(false);
        expect(isDrillTableName(formatDrillTableName(theirs), ours)).toBe(false);
      }),
    );
  });

  test.each([
    '',
    'orders',
    'ddb-drill-',
    'ddb-drill-a1b2c3',
    'ddb-drill-a1b2c3-',
    'ddb-drill-a1b2c3-orders',
    'ddb-drill-a1b2c3-0123456789ABCDEF',
    'ddb-drill-a1b2c3-0123456789abcdef0',
    'ddb-drill-a1b2c3-0123456789abcdef\n',
    ' ddb-drill-a1b2c3-0123456789abcdef',
    'DDB-drill-a1b2c3-0123456789abcdef',
    'arn:aws:dynamodb:eu-central-1:111122223333:table/ddb-drill-a1b2c3-0123456789abcdef',
  ])('is never %p', (name) => {
    expect(isDrillTableName('ddb-drill-a1b2c3-0123456789abcdef', drill)).toBe(true);
    expect(isDrillTableName(name, drill)).toBe(false);
  });

  test('[X02] no name at all is a drill table by a prefix or owner that is out of its grammar', () => {
    const bad = fc.oneof(
      fc.constantFrom('', '*', '-', 'drill-', 'ddb-drill-*', '${Token[TOKEN.7]}'),
      fc.string({ maxLength: 7 }),
    );
    fc.assert(
      fc.property(bad, fc.string(), (prefix, rest) => {
        const scope = { ...drill, drillTablePrefix: prefix };

        expect(isDrillTableName(`${prefix}a1b2c3-0123456789abcdef`, scope)).toBe(false);
        expect(isDrillTableName(rest, scope)).toBe(false);
        expect(isDrillTableName('ddb-drill--0123456789abcdef', { ...drill, owner: '' })).toBe(false);
      }),
    );
  });

  test.each([
    [{ drillTablePrefix: '' }, /drillTablePrefix must be 8 to 64 letters.*got ""/],
    [{ owner: 'A' }, /owner must match .*, got "A"/],
    [{ slot: new Date(NaN) }, /Invalid time value/],
  ])('is refused for parts outside the grammar: %p', (given, message) => {
    expect(() => formatDrillTableName({ ...drill, ...given })).toThrow(message);
  });
});

describe('the prefix of drill tables', () => {
  test.each(['ddb-drill-', 'drills8.', 'Rehearsal_', `${'x'.repeat(63)}-`])('may be %s', (prefix) => {
    expect(drillPrefixFault(prefix)).toBeUndefined();
  });

  test.each([
    [undefined, 'nothing'],
    ['', '""'],
    ['drill-', '"drill-"'],
    ['*', '"*"'],
    ['ddb-drill-*', '"ddb-drill-*"'],
    ['ddb-drill-?-', '"ddb-drill-?-"'],
    ['ddb-drill', '"ddb-drill"'],
    ['--------x', '"--------x"'],
    [`${'x'.repeat(64)}-`, '"x{60}"… \\(65 characters\\)'],
    [7, '7'],
  ])('[X02] must not be %p: the message says what is allowed and what was found', (prefix, found) => {
    expect(drillPrefixFault(prefix)).toMatch(
      new RegExp(
        `^drillTablePrefix must be 8 to 64 letters, digits, _, . and - that end in -, _ or ., got ${found.replace(/[*?]/g, '\\$&')}$`,
      ),
    );
  });

  test('[X02] must not be that of tables which AWS Backup itself restores', () => {
    expect(drillPrefixFault('awsbackup-restore-test-')).toBe(
      'drillTablePrefix must not begin with awsbackup-restore-test, as the tables of AWS Backup\'s own restore testing do, got "awsbackup-restore-test-"',
    );
  });

  test('[X02] must not be something that only the deployment knows', () => {
    expect(drillPrefixFault('${Token[TOKEN.7]}-')).toBe(
      'drillTablePrefix must be known at synth, got a token: "${Token[TOKEN.7]}-"',
    );
  });
});

describe('the name of a drill execution', () => {
  test('is within what Lambda allows, the same for the same drill, and carries the digits of its table', () => {
    fc.assert(
      fc.property(drills, (given) => {
        const name = drillExecutionName(given);

        expect(name).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
        expect(drillExecutionName({ ...given, slot: new Date(given.slot) })).toBe(name);
        expect(name.slice(-16)).toBe(formatDrillTableName(given).slice(-16));
      }),
    );
  });

  test('is refused for a plan outside the grammar', () => {
    expect(() => drillExecutionName({ ...drill, plan: 'Orders' })).toThrow(/plan must match .*, got "Orders"/);
  });
});
