import { describe, expect, test } from '@jest/globals';
import { shellDurable } from '../../../lambda/jobs/restore/shell-durable.ts';

/** A shell whose pauses take no time, and what was told and slept. */
function aShell() {
  const told: string[] = [];
  const slept: number[] = [];
  const timing = {
    now: () => new Date('2026-11-20T03:00:00Z'),
    sleep: (milliseconds: number) => {
      slept.push(milliseconds);
      return Promise.resolve();
    },
    random: () => 0.5,
  };
  const tell = (doing: string, pause?: number) => told.push(pause === undefined ? doing : `${doing}, ${pause}`);
  return { durable: shellDurable({ executionId: 'a shell', timing, tell }), told, slept };
}

/** Throws so many times, and answers then. */
function failing(times: number): () => Promise<string> {
  let left = times;
  return () => (left-- > 0 ? Promise.reject(new Error('nobody answers')) : Promise.resolve('done'));
}

describe('a run in a shell', () => {
  test('carries a step out at once, and again after 5, 10 and 20 seconds when it throws', async () => {
    const { durable, told, slept } = aShell();

    expect(await durable.step('announce', failing(0))).toBe('done');
    expect(await durable.step('ask', failing(3))).toBe('done');
    expect(told).toEqual(['announce', 'ask']);
    expect(slept).toEqual([5_000, 10_000, 20_000]);
  });

  test('gives a step up that throws a fourth time', async () => {
    await expect(aShell().durable.step('ask', failing(4))).rejects.toThrow('nobody answers');
  });

  test('looks again after each pause until there is none, with the state before, and tells of it', async () => {
    const { durable, told, slept } = aShell();
    const look = (state: number) => Promise.resolve(state + 1);

    const last = await durable.poll('wait', 0, look, (state) => (state < 3 ? state * 1_000 : undefined));

    expect(last).toBe(3);
    expect(slept).toEqual([1_000, 2_000]);
    expect(told).toEqual(['wait', 'wait, 1000', 'wait, 2000']);
  });

  test('repeats a look that throws from the state before it', async () => {
    const { durable, slept } = aShell();
    const answer = failing(2);
    const look = async (state: readonly string[]) => [...state, await answer()];

    expect(await durable.poll('wait', ['begun'], look, () => undefined)).toEqual(['begun', 'done']);
    expect(slept).toEqual([5_000, 10_000]);
  });
});
