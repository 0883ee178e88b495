import { describe, expect, test } from '@jest/globals';
import { Duration } from 'aws-cdk-lib';
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import { aPlan, aStack } from './deploy.ts';

describe('synth refuses', () => {
  test('all faults of all plans at once, each with its path, the value and what is allowed', () => {
    const plans = {
      Orders: aPlan(),
      users: aPlan({ keep: { daily: 0 }, backup: { schedule: 'rate(1 hours)' } }),
      logs: { ...aPlan(), keep: { hourly: 24, daily: 7, dayly: 7 } },
    };

    const message = refusalOf(() => aStack({ plans, owner: 'Team', backupNamePrefix: 'a.b' }));

    expect(message.split('\n')).toEqual([
      'Backups cannot be deployed:',
      expect.stringMatching(/^- .*owner must match .* got "Team"/),
      expect.stringMatching(/^- .*prefix must match .* got "a.b"/),
      expect.stringMatching(/^- plans\.Orders\.name must .*got "Orders"/),
      expect.stringMatching(/^- plans\.users\.backup\.schedule.*1 hour/),
      expect.stringMatching(/^- plans\.users\.keep\.daily must be an integer of at least 1, got 0/),
      expect.stringMatching(/^- plans\.logs\.keep\.dayly.*daily/),
    ]);
  });

  test('[C03] a schedule slower than the recovery point objective', () => {
    const objectives = { recoveryPoint: Duration.hours(1) };
    const slow = aPlan({ backup: { schedule: 'rate(2 hours)' }, objectives });

    expect(refusalOf(() => aStack({ plans: { slow } }))).toMatch(
      /plans\.slow\.backup\.schedule must .*PT1H.* got 2 h.*rate\(2 hours\)/,
    );
    expect(() => aStack({ plans: { quick: aPlan({ objectives }) } })).not.toThrow();
  });

  test('[C04] retention that would not keep the minimum of copies', () => {
    const short = aPlan({ keep: { within: Duration.hours(1) }, minimumCopies: 5 });

    expect(refusalOf(() => aStack({ plans: { short } }))).toMatch(/plans\.short\.keep must .*5 copies/);
    expect(() =>
      aStack({ plans: { long: aPlan({ keep: { within: Duration.hours(6) }, minimumCopies: 5 }) } }),
    ).not.toThrow();
  });

  test('[C05] a table given twice, and overlapping plans that contradict each other', () => {
    const twice = aPlan({ tables: { named: ['orders', 'orders'] } });
    const pattern = aPlan({ tables: { matching: ['ord*'] }, keep: { hourly: 48 } });

    expect(refusalOf(() => aStack({ plans: { twice } }))).toMatch(/plans\.twice\.tables\.named must .*each given once/);
    expect(refusalOf(() => aStack({ plans: { orders: aPlan(), pattern } }))).toMatch(/orders.*pattern|pattern.*orders/);
  });

  test('a plan for tables that rehearsed restores will create', () => {
    const plans = { orders: aPlan({ tables: { named: ['rehearsal-1'] } }) };

    expect(refusalOf(() => aStack({ plans, drillTablePrefix: 'rehearsal-' }))).toContain('rehearsal-');
    expect(() => aStack({ plans })).not.toThrow();
  });

  test('more tables by name than a policy of IAM can hold, before IAM does', () => {
    const named = (count: number) =>
      aPlan({
        tables: { named: Array.from({ length: count }, (_, index) => `table-${index}`) },
        prune: { deletionCap: { perRun: 1000 } },
      });

    expect(refusalOf(() => aStack({ plans: { orders: named(100) } }))).toMatch(
      /at most 10240 characters, got about \d+: choose tables by pattern/,
    );
    expect(() => aStack({ plans: { orders: named(35) } })).not.toThrow();
  });

  test('a deployment without any plan', () => {
    expect(refusalOf(() => aStack({ plans: {} }))).toContain('plans must hold at least one plan, got none');
  });
});

test('what may surprise somebody is a warning at synth, not a refusal', () => {
  const backup = { schedule: 'cron(30 2 * * ? *)', timeZone: 'Europe/Berlin' };

  const stack = aStack({ plans: { nightly: aPlan({ backup, keep: { daily: 7 } }) } });

  const warnings = Annotations.fromStack(stack).findWarning('*', Match.anyValue());
  expect(warnings.map(({ entry }) => entry.data)).toEqual([expect.stringContaining('plans.nightly.backup.schedule')]);
});

function refusalOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was refused');
}
