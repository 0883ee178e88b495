import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { describeFaults } from '../../../lambda/domain/faults.ts';
import { parsePlan } from '../../../lambda/domain/parse-plan.ts';
import { hashOfPlan } from '../../../lambda/domain/plan-hash.ts';
import type { PlanInput } from '../../../lambda/domain/plan.ts';

const plan = {
  name: 'orders',
  tables: { named: ['orders'] },
  backup: { schedule: 'rate(1 hour)' },
  keep: { daily: 7 },
} satisfies PlanInput;

const everything = {
  schedule: 'cron(0 5 ? * SUN *)',
  timeZone: 'Europe/Berlin',
  pick: 'all',
  tablesPerRun: 3,
  gigabytesPerRun: 0.5,
  backup: 'random',
  concurrentRestores: 40,
  billing: 'as-backed-up',
  indexes: ['by-date'],
  encryptionKey: 'arn:aws:kms:eu-central-1:111122223333:key/mrk-0123',
  timeout: 'P7D',
  rearm: ['tags', 'alarms', 'kinesis-destination'],
  validate: {
    items: 10,
    bytes: 4096,
    checks: [{ table: 'orders', key: { id: { S: '7' } }, expect: { total: { N: '42' } } }],
    function: 'arn:aws:lambda:eu-central-1:111122223333:function:check-orders:live',
    functionTimeoutSeconds: 840,
  },
} satisfies PlanInput['drill'];

function linesOf(drill: unknown): string[] {
  const parsed = parsePlan({ ...plan, drill });
  return parsed.ok ? [] : describeFaults(parsed.faults).split('\n');
}

describe('the drills of a plan', () => {
  test('may restore into another Region, and to a time before their own', () => {
    const parsed = parsePlan({
      ...plan,
      drill: {
        schedule: 'rate(7 days)',
        backup: 'point-in-time',
        restoreTo: { before: 'PT6H' },
        region: 'eu-west-1',
        encryptionKey: 'aws-managed',
      },
    });

    expect(parsed.ok && parsed.plan.drill).toMatchObject({
      restoreTo: { before: 'PT6H' },
      region: 'eu-west-1',
      encryptionKey: 'aws-managed',
    });
  });

  test.each([
    ['PT4M59S', false],
    ['PT5M', true],
    ['P34DT23H59M', true],
    ['P35D', false],
    ['P840D', false],
    ['P1M', false],
    ['-PT6H', false],
  ])('restore to a time %s before their slot: %p', (before, isAllowed) => {
    const lines = linesOf({ schedule: 'rate(7 days)', backup: 'point-in-time', restoreTo: { before } });

    expect(lines).toEqual(
      isAllowed
        ? []
        : [
            `drill.restoreTo.before must be an ISO 8601 duration of weeks, days, hours, minutes or seconds, at least PT5M and shorter than P35D, such as PT6H, got "${before}"`,
          ],
    );
  });

  test('need no more than a schedule', () => {
    const parsed = parsePlan({ ...plan, drill: { schedule: 'cron(0 5 ? * SUN *)' } });

    expect(parsed.ok && parsed.plan.drill).toEqual({
      schedule: 'cron(0 5 ? * SUN *)',
      timeZone: 'UTC',
      pick: 'least-recently-proven',
      tablesPerRun: 5,
      backup: 'latest',
      concurrentRestores: 5,
      billing: 'on-demand',
      indexes: 'all',
      timeout: 'PT24H',
      rearm: [
        'tags',
        'time-to-live',
        'stream',
        'point-in-time-recovery',
        'auto-scaling',
        'deletion-protection',
        'table-class',
        'resource-policy',
        'contributor-insights',
      ],
      validate: { items: 1000, bytes: 1_048_576, checks: [], functionTimeoutSeconds: 60 },
    });
  });

  test('are kept as they are written when they say everything', () => {
    const parsed = parsePlan({ ...plan, drill: everything });

    expect(parsed.ok && parsed.plan.drill).toEqual(everything);
  });

  test('leave a plan without them as it was, down to its hash', () => {
    const parsed = parsePlan(plan);

    expect(parsed.ok && Object.keys(parsed.plan)).not.toContain('drill');
    expect(parsed.ok && hashOfPlan(parsed.plan)).toBe('02c6ceb47608af40');
  });

  test.each([
    [{ schedule: undefined }, 'schedule must be an expression of EventBridge Scheduler, got nothing'],
    [{ timeZone: 'Berlin' }, 'timeZone must be an IANA time zone such as UTC or Europe/Berlin, got "Berlin"'],
    [{ pick: 'some' }, 'pick must be least-recently-proven or all, got "some"'],
    [{ tablesPerRun: 0 }, 'tablesPerRun must be an integer of at least 1, got 0'],
    [{ gigabytesPerRun: 0 }, 'gigabytesPerRun must be a number above 0, got 0'],
    [{ gigabytesPerRun: Infinity }, 'gigabytesPerRun must be a number above 0, got Infinity'],
    [{ gigabytesPerRun: 1e7 }, 'gigabytesPerRun must be at most 1000000, got 10000000'],
    [{ backup: 'newest' }, 'backup must be latest, random, oldest or point-in-time, got "newest"'],
    [{ concurrentRestores: 41 }, 'concurrentRestores must be at most 40, got 41'],
    [{ billing: 'free' }, 'billing must be on-demand or as-backed-up, got "free"'],
    [
      { indexes: 'some' },
      'indexes must be all, none or an array of 1 to 100 names of indexes, each given once, got "some"',
    ],
    [
      { indexes: [] },
      'indexes must be all, none or an array of 1 to 100 names of indexes, each given once, got an array of 0',
    ],
    [
      { indexes: ['a-b', 'a-b'] },
      'indexes must be all, none or an array of 1 to 100 names of indexes, each given once, got an array of 2',
    ],
    [{ indexes: ['ab'] }, 'indexes.0 must be the name of an index: 3 to 255 letters, digits, _, . and -, got "ab"'],
    [{ region: 'Ireland' }, 'region must be the name of a Region such as eu-west-1, got "Ireland"'],
    [{ restoreTo: 'latest' }, 'restoreTo must be an object, got "latest"'],
    [
      { encryptionKey: 'alias/orders' },
      'encryptionKey must be aws-owned, aws-managed or the ARN of a KMS key, such as arn:aws:kms:eu-central-1:111122223333:key/…, got "alias/orders"',
    ],
    [
      { rearm: ['tags', 'tags'] },
      /^drill.rearm must be an array of settings, each given once: tags, .*alarms, got an array of 2$/,
    ],
    [{ rearm: ['colour'] }, /^drill.rearm.0 must be tags, .* kinesis-destination or alarms, got "colour"$/],
    [{ rearm: 'all' }, /^drill.rearm must be an array of settings, .*got "all"$/],
    [{ validate: { items: 1_000_001 } }, 'validate.items must be at most 1000000, got 1000001'],
    [{ validate: { bytes: 0 } }, 'validate.bytes must be an integer of at least 1, got 0'],
    [{ validate: { functionTimeoutSeconds: 841 } }, 'validate.functionTimeoutSeconds must be at most 840, got 841'],
    [
      { validate: { function: 'check' } },
      'validate.function must be the ARN of a Lambda function, with or without a version or alias, got "check"',
    ],
    [{ validate: { checks: {} } }, 'validate.checks must be an array of at most 100 checks, got an object'],
    [
      { validate: { checks: Array(101).fill(everything.validate.checks[0]) } },
      'validate.checks must be an array of at most 100 checks, got an array of 101',
    ],
    [{ tables: 5 }, 'tables: unknown key, did you mean tablesPerRun?'],
    [{ validate: { itmes: 5 } }, 'validate.itmes: unknown key, did you mean items?'],
  ])('are refused with the reason: %j', (given, message) => {
    const expected: unknown = typeof message === 'string' ? `drill.${message}` : expect.stringMatching(message);

    expect(linesOf({ ...everything, ...given })).toEqual([expected]);
  });

  test.each(['PT0S', 'P7DT1S', 'P8D', 'P1M', '24 hours', 86_400])('take no timeout of %p', (timeout) => {
    expect(linesOf({ ...everything, timeout })).toEqual([
      expect.stringMatching(
        /^drill.timeout must be a positive ISO 8601 duration of .* at most 7 days, such as PT24H, got /,
      ),
    ]);
  });

  test.each(['PT1H', 'P1D', 'P1W', 'PT168H'])('take a timeout of %s', (timeout) => {
    expect(linesOf({ ...everything, timeout })).toEqual([]);
  });
});

describe('a check', () => {
  const [check] = everything.validate.checks;
  const lines = (given: object) => linesOf({ ...everything, validate: { checks: [{ ...check, ...given }] } });

  test.each([
    [{ table: undefined }, /^drill.validate.checks.0.table must be the name of a table: .*, got nothing$/],
    [{ key: {} }, /^drill.validate.checks.0.key must be the key of an item as DynamoDB JSON: .*, got an object$/],
    [{ key: { id: '7' } }, /^drill.validate.checks.0.key must be the key of an item as DynamoDB JSON: /],
    [{ expect: { total: 42 } }, /^drill.validate.checks.0.expect must be attributes as DynamoDB JSON /],
    [{ expected: {} }, /^drill.validate.checks.0.expected: unknown key, did you mean expect\?$/],
  ])('is refused with the reason: %j', (given, message) => {
    expect(lines(given)).toEqual([expect.stringMatching(message)]);
  });

  test('may expect no more than that the item is there, or values as deep as DynamoDB stores them', () => {
    const nested = (levels: number) =>
      Array(levels)
        .fill(0)
        .reduce<object>((inner) => ({ L: [inner] }), { S: 'x' });

    expect(lines({ expect: {} })).toEqual([]);
    expect(lines({ expect: { a: { M: { b: { L: [{ M: { c: { NS: ['1'] } } }] } } } } })).toEqual([]);
    expect(lines({ expect: { a: nested(32) } })).toEqual([]);
    expect(lines({ expect: { a: nested(40) } })).toEqual([
      expect.stringContaining('must not be nested more than 80 deep'),
    ]);
  });

  test('of any JSON value is either taken or refused in few words', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (key, expected) => {
        for (const line of lines({ key, expect: expected })) expect(line.length).toBeLessThan(300);
      }),
    );
  });
});
