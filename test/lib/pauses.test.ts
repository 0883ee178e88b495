import { describe, expect, test } from '@jest/globals';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { pausing } from '../../lib/pauses.ts';
import { aPlan, aStack, propertiesOf } from './deploy.ts';
import { aMonitoredStack } from './monitored.ts';

const now = new Date('2026-11-20T12:00:00Z');
const dayMs = 24 * 3_600_000;

describe('a plan is paused until', () => {
  test.each<[string | Date]>([
    ['2026-12-01T08:00:00Z'],
    ['2026-12-01T09:00+01:00'],
    ['2026-12-01T08:00:00.000Z'],
    [new Date('2026-12-01T08:00:00Z')],
  ])('%s', (pausedUntil) => {
    expect(pausing('orders', pausedUntil, now)).toEqual({ until: new Date('2026-12-01T08:00:00Z') });
  });

  test('nothing in particular, and then it is not', () => {
    expect(pausing('orders', undefined, now)).toEqual({});
  });

  test.each<[string | Date, string]>([
    ['2027-12-01T08:00:00Z', '"2027-12-01T08:00:00Z"'],
    ['2016-12-01T08:00:00Z', '"2016-12-01T08:00:00Z"'],
    ['2026-12-01', '"2026-12-01"'],
    ['2026-12-01T08:00:00', '"2026-12-01T08:00:00"'],
    ['2026-13-01T08:00:00Z', '"2026-13-01T08:00:00Z"'],
    ['next week', '"next week"'],
    [new Date(NaN), 'a Date that is none'],
    [new Date('2036-12-01T08:00:00Z'), '2036-12-01T08:00:00.000Z'],
  ])('an instant within a year of now, not %s', (pausedUntil, found) => {
    expect(pausing('orders', pausedUntil, now)).toEqual({
      fault: `plans.orders.pausedUntil must be an instant within a year of now, such as 2026-11-27T00:00:00Z, got ${found}`,
    });
  });

  test('an instant that has passed, which is said', () => {
    expect(pausing('orders', '2026-11-20T11:00:00Z', now).warning).toMatch(
      /ended at 2026-11-20T11:00:00.000Z, .*take it out$/,
    );
    expect(pausing('orders', now, now).until).toBeUndefined();
  });
});

describe('at synth', () => {
  test('a fault is one of all the faults', () => {
    const plans = { orders: aPlan({ pausedUntil: '2016-01-01T00:00:00Z', keep: { daily: 0 } }) };

    expect(() => aStack({ plans })).toThrow(
      /plans\.orders\.keep\.daily[^]*plans\.orders\.pausedUntil must be an instant/,
    );
  });

  test('a pause that is over is a warning, and mutes nothing', () => {
    const stack = aMonitoredStack({
      plans: { orders: aPlan({ pausedUntil: new Date(Date.now() - dayMs) }) },
      notify: { emails: ['oncall@example.com'] },
    });

    const warnings = Annotations.fromStack(stack).findWarning('*', Match.anyValue());
    expect(warnings.map(({ entry }) => entry.data)).toEqual([
      expect.stringContaining('plans.orders.pausedUntil: ended at'),
    ]);
    expect(propertiesOf(stack, 'AWS::CloudWatch::AlarmMuteRule')).toEqual([]);
  });

  test('a pause mutes every alarm of the plan that calls, without a gap from its deployment on, and ends by itself', () => {
    const until = new Date(Math.ceil((Date.now() + 100 * dayMs) / 60_000) * 60_000);
    const plans = { orders: aPlan({ pausedUntil: until }), users: aPlan({ tables: { named: ['users'] } }) };

    const stack = aMonitoredStack({ plans });

    expect(propertiesOf(stack, 'AWS::CloudWatch::AlarmMuteRule')).toEqual([
      {
        Description: `The alarms of plan orders call nobody until ${until.toISOString()}`,
        ExpireDate: until.toISOString().slice(0, 16),
        MuteTargets: {
          AlarmNames: ['Unhealthy', 'Degraded', 'backupshrank', 'plancoversnothing', 'encryptionkeyatrisk'].map(
            (id) => ({
              Ref: expect.stringMatching(new RegExp(`^Alarmsorders${id}[0-9A-F]+$`)),
            }),
          ),
        },
        Rule: { Schedule: { Duration: 'PT1H', Expression: 'cron(* * * * *)' } },
      },
    ]);
  });

  test('no run is told of a pause', () => {
    const paused = aStack({ plans: { orders: aPlan({ pausedUntil: new Date(Date.now() + dayMs) }) } });

    const inputs = (stack: ReturnType<typeof aStack>) =>
      propertiesOf(stack, 'AWS::Scheduler::Schedule').map(({ Target }) => Target);
    expect(inputs(paused)).toEqual(inputs(aStack()));
  });
});
