import { watchMetrics } from '../../contract/metrics.ts';
import { watchEveryMinutes } from '../../contract/schedules.ts';
import { eventId, inParts, type DetailOf, type Event } from '../../domain/events/event.ts';
import { brokenRecoveryPoint } from '../../domain/events/recovery-point.ts';
import { durationSeconds } from '../../domain/keep-guarantee.ts';
import type { Plan } from '../../domain/plan.ts';
import type { WatchReport } from './watch.ts';

const type = 'Recovery Objective Broken';
const bytesPerPart = 200_000;
const minuteMilliseconds = 60_000;

/**
 * What a scheduled run of `watch` has to tell of a plan: the tables whose newest backup grew older than promised since the run before.
 * > Nothing is remembered from run to run: the scheduled instants tell what is new.
 */
export function watchEvents(
  { at, plans }: WatchReport,
  { name, objectives }: Plan,
  { owner, slot }: { readonly owner: string; readonly slot: Date },
): readonly Event[] {
  if (!objectives?.recoveryPoint) return [];
  const objectiveSeconds = durationSeconds(objectives.recoveryPoint);
  const look = { at: slot, previousAt: new Date(slot.getTime() - watchEveryMinutes * minuteMilliseconds) };
  const gauges = plans.find(({ plan }) => plan === name)?.tables ?? new Map<string, Readonly<Record<string, number>>>();
  const broken = [...gauges].flatMap(([table, values]) => {
    const age = values[watchMetrics.recoveryPointAge];
    if (age === undefined) return [];
    const newestAt = new Date(Math.round(at.getTime() - age * 1000));
    const seconds = brokenRecoveryPoint(newestAt, objectiveSeconds, look);
    return seconds === undefined ? [] : [{ table, newestAt, seconds }];
  });
  return broken.length === 0 ? [] : eventsOf(broken, { owner, plan: name, objectiveSeconds, slot });
}

interface Broken {
  readonly table: string;
  readonly newestAt: Date;
  readonly seconds: number;
}

type About = Pick<DetailOf<typeof type>, 'owner' | 'plan' | 'objectiveSeconds'> & { readonly slot: Date };

function eventsOf(broken: readonly Broken[], { owner, plan, objectiveSeconds, slot }: About): Event[] {
  return inParts(broken, bytesPerPart).map((rows, nth, parts) => ({
    type,
    at: slot,
    resources: [],
    detail: {
      version: 1,
      id: eventId(type, 'recovery-point', owner, plan, ...rows.map(({ table, newestAt }) => [table, newestAt])),
      owner,
      plan,
      objective: 'recovery-point',
      objectiveSeconds,
      measuredAt: slot.toISOString(),
      part: nth + 1,
      parts: parts.length,
      tables: rows.map(({ table, seconds }) => ({
        table,
        measured: { atLeastSeconds: seconds, atMostSeconds: seconds },
      })),
    },
  }));
}
