import { describe, expect, test } from '@jest/globals';
import { eventDetails } from '../../../lambda/domain/events/event.ts';
import { watchEvents } from '../../../lambda/jobs/watch/watch-events.ts';
import type { WatchReport } from '../../../lambda/jobs/watch/watch.ts';
import { aPlan } from '../world.ts';

const slot = new Date('2026-11-20T05:15:00Z');
const plan = aPlan({ objectives: { recoveryPoint: 'PT2H' } });

/** What `watch` saw a few seconds after its slot: the age in seconds of each table's newest backup. */
function aReport(ages: Readonly<Record<string, number | undefined>>, afterSeconds = 4): WatchReport {
  const tables = Object.entries(ages).map(([table, age]): [string, Record<string, number>] => [
    table,
    age === undefined ? {} : { RecoveryPointAge: age },
  ]);
  const at = new Date(slot.getTime() + afterSeconds * 1000);
  return { at, plans: [{ plan: 'orders', values: {}, tables: new Map(tables) }], deployment: {}, failures: [] };
}

describe('watch', () => {
  test('tells of all tables whose newest backup grew older than promised since the run before, and of no other', () => {
    const report = aReport({ just: 7_205, before: 7_205 + 900, notYet: 7_204, never: undefined, fresh: 10 });

    const events = watchEvents(report, plan, { owner: 'ab12cd34', slot });

    expect(events).toMatchObject([
      {
        type: 'Recovery Objective Broken',
        at: slot,
        detail: {
          objective: 'recovery-point',
          objectiveSeconds: 7_200,
          measuredAt: '2026-11-20T05:15:00.000Z',
          tables: [{ table: 'just', measured: { atLeastSeconds: 7_201, atMostSeconds: 7_201 } }],
        },
      },
    ]);
    for (const { type, detail } of events) expect(eventDetails[type].parse(detail)).toEqual(detail);
  });

  test('tells the same again, by its id, when its slot is delivered again later', () => {
    const [first] = watchEvents(aReport({ orders: 7_300 }), plan, { owner: 'ab12cd34', slot });
    const [again] = watchEvents(aReport({ orders: 7_360 }, 64), plan, { owner: 'ab12cd34', slot });

    expect(first).toBeDefined();
    expect(again).toEqual(first);
  });

  test('tells nothing of a plan that promises no recovery point', () => {
    expect(watchEvents(aReport({ orders: 7_300 }), aPlan(), { owner: 'ab12cd34', slot })).toEqual([]);
  });
});
