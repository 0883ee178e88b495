import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { VirtualClock } from '../../sandbox/clock.ts';

const start = Date.parse('2026-11-20T00:00:00Z');

describe('the virtual clock', () => {
  test('jumps from event to event in order of time, then of planning', async () => {
    const clock = new VirtualClock(start);
    const seen: [string, number][] = [];
    for (const [name, delay] of [
      ['c', 30],
      ['a', 10],
      ['b', 10],
    ] as const) {
      // prettier-ignore
      clock.after(delay, () => seen.push([name, clock.now - start]));
    }

    await clock.runUntil(start + 86_400_000);

    expect(seen).toEqual([['a', 10], ['b', 10], ['c', 30]]); // prettier-ignore
    expect(clock.now).toBe(start + 86_400_000);
  });

  test('orders ten thousand events planned at random', async () => {
    const clock = new VirtualClock(0);
    const seen: number[] = [];
    let state = 7;
    for (let index = 0; index < 10_000; index++) {
      state = (state * 48_271) % 2_147_483_647;
      clock.after(state % 5000, () => seen.push(clock.now));
    }

    await clock.runUntil(5000);

    expect(seen).toHaveLength(10_000);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
  });

  test('a cancelled event does not happen', async () => {
    const clock = new VirtualClock(start);
    let happened = false;
    clock.after(5, () => (happened = true)).cancel();

    await clock.runUntil(start + 10);

    expect(happened).toBe(false);
  });

  test('everything of the last instant happens before a goal is reached', async () => {
    const clock = new VirtualClock(start);
    let last = '';
    clock.after(10, () => clock.after(0, () => (last = 'planned at the last instant')));

    await clock.runUntil(start + 10);

    expect(last).toBe('planned at the last instant');
  });

  test('stands still during real work', async () => {
    const clock = new VirtualClock(start);
    let nowAfterWork = 0;
    clock.after(10, () => {
      void clock.standStillDuring(readFile(import.meta.filename)).then(() => (nowAfterWork = clock.now));
    });
    clock.after(11, () => undefined);

    await clock.runUntil(start + 1000);

    expect(nowAfterWork).toBe(start + 10);
  });

  test('does not move unless somebody waits', async () => {
    const clock = new VirtualClock(start);
    clock.after(1, () => undefined);

    await new Promise((resolve) => setTimeout(resolve, 5));

    expect(clock.now).toBe(start);
  });

  test('several goals are awaited at once, each reached at its own time', async () => {
    const clock = new VirtualClock(start);
    const reachedAt = async (delay: number) => {
      await clock.runUntil(start + delay);
      return clock.now - start;
    };

    expect(await Promise.all([reachedAt(20), reachedAt(10)])).toEqual([20, 10]);
  });

  test('keeps pace with real time on demand, and rests again afterwards', async () => {
    const clock = new VirtualClock(start);
    const before = performance.now();
    const stop = clock.keepPace();

    await new Promise<void>((resolve) => clock.after(50, resolve));
    const realMs = performance.now() - before;
    await stop();
    const rested = clock.now;
    await new Promise((resolve) => setTimeout(resolve, 20));

    expect(realMs).toBeGreaterThanOrEqual(48);
    expect(clock.now).toBe(rested);
  });

  test('refuses to go back', async () => {
    await expect(new VirtualClock(start).runUntil(start - 1)).rejects.toThrow(
      'cannot run until 2026-11-19T23:59:59.999Z: it is 2026-11-20T00:00:00.000Z already',
    );
  });

  test('says so when the awaited can never happen', async () => {
    await expect(new VirtualClock(start).runUntilSettled(new Promise(() => undefined))).rejects.toThrow(
      'nothing is left to happen',
    );
  });
});
