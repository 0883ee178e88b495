import { describe, expect, test } from '@jest/globals';
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

  test('a deployment without any plan', () => {
    expect(refusalOf(() => aStack({ plans: {} }))).toContain('plans must hold at least one plan, got none');
  });
});

function refusalOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was refused');
}
