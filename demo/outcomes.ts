import { dayMs, hourMs, type PlannedIncident } from './incidents.ts';
import type { Life } from './life.ts';
import { dueSlots } from './slots.ts';
import type { StoppedDrill } from './stopped-drill.ts';
import { slotOf, type Sighting } from './witness.ts';

/** How the product came through one incident. */
export interface Outcome {
  readonly survived: boolean;
  readonly what: string;
}

type Tell = (incident: PlannedIncident, life: Life) => Outcome;

const tellers: Readonly<Record<string, Tell>> = {
  throttled: (incident, life) => {
    const { fault, until } = incident;
    const lost = slotsWithin(life, incident).length === 0;
    const next = life.witness.of('orders').find(({ backup }) => backup.createdAt >= until);
    const resumed = next !== undefined && next.backup.createdAt - until < 1.1 * hourMs;
    const consequence = lost ? 'the slot went without a backup' : 'no slot was lost';
    return { survived: resumed, what: `${fault.hits} calls refused; ${consequence}, the next one was taken` };
  },
  'drill-killed': ({ from, until }, { account, drills }) => {
    const within = (instant: number) => instant >= from && instant < until;
    const drill = drills.find(({ table, slot }) => table === 'orders' && within(Date.parse(slot)));
    const restores = account.dynamodb.restores.all.filter(({ tableName }) => tableName === drill?.targetName).length;
    const how = 'went on from its checkpoint, found the restore it had begun, and passed';
    return {
      survived: restores === 1 && drill?.outcome === 'passed' && drill.cleanUp === 'deleted',
      what: restores === 1 ? `the drill ${drill?.outcome === 'passed' ? how : 'failed'}` : `${restores} restores begun`,
    };
  },
  'answer-lost': (incident, life) =>
    oneBackup(incident, life, 'the run looked, found its backup and took no second one'),
  'watch-silent': (incident, life) => {
    const taken = slotsWithin(life, incident).length;
    return {
      survived: taken > 0,
      what: `${incident.fault.hits} looks missed; ${taken} backups were taken meanwhile, seen by nobody`,
    };
  },
  killed: (incident, life) => oneBackup(incident, life, 'Lambda’s retry found the backup and took no second one'),
  twice: (incident, life) => oneBackup(incident, life, 'the second delivery found the slot done'),
  late: (incident, life) => {
    const late = slotsWithin(life, incident, 'nightly');
    const delays = late.map(({ backup }) => backup.createdAt - (slotOf(backup)?.at ?? 0));
    const hours = Math.max(...delays) / hourMs;
    return {
      survived: late.length > 0 && hours >= 4,
      what: `${late.length} tables backed up ${hours.toFixed(1)} h after their slot`,
    };
  },
  'listing-broken': ({ fault, from, until }, life) => {
    const deletions = deletionsOf(life, 'orders');
    const meanwhile = deletions.filter((at) => at >= from && at < until).length;
    const next = deletions.find((at) => at >= until);
    const caughtUp = next === undefined ? 'not yet caught up' : `caught up ${daysLater(from, next)} later`;
    return { survived: meanwhile === 0, what: `${fault.hits} failed calls, ${meanwhile} deletions; ${caughtUp}` };
  },
  'prune-silent': ({ from, until, fault }, life) => {
    const step = life.operator.steps.find(({ at }) => at >= until);
    if (!step)
      return { survived: fault.hits > 0, what: `${runsOf(fault.hits)} missed; nothing exceeded the deletion cap` };
    const [nextRun = Infinity] = dueSlots(life.account, 'hourly', step.at, life.endsAt, 'prune');
    const deleted = deletionsOf(life, 'orders').filter((at) => at >= step.at && at < nextRun + hourMs).length;
    const before = deletionsOf(life, 'orders').filter((at) => at >= from && at < step.at).length;
    const what = `${runsOf(fault.hits)} missed; ${step.expired} expired backups were over the deletion cap, so none was deleted until the operator allowed ${step.allowed}; then ${deleted} went`;
    return { survived: before === 0 && deleted > 0, what };
  },
};

/** Tells from what the witness saw how an incident ended; `undefined` when it never struck. */
export function outcomeOf(incident: PlannedIncident, life: Life): Outcome | undefined {
  return incident.fault.hits === 0 ? undefined : tellers[incident.id]?.(incident, life);
}

/** How the product came through a drill that somebody stopped: by its sweep. */
export function outcomeOfStop({ at, table, goneAt }: StoppedDrill, { drills }: Life): Outcome {
  if (goneAt === undefined) return { survived: false, what: 'the drill table it left behind still stands' };
  const next = drills.find((drill) => drill.table === table && Date.parse(drill.slot) > at);
  const left = `the drill table it left behind was swept after ${((goneAt - at) / hourMs).toFixed(1)} h`;
  const then = next ? `; the next drill ${next.outcome}` : '';
  return { survived: next === undefined || next.outcome === 'passed', what: `${left}${then}` };
}

function oneBackup(incident: PlannedIncident, life: Life, how: string): Outcome {
  const taken = slotsWithin(life, incident).length;
  return { survived: taken === 1, what: taken === 1 ? how : `${taken} backups for one slot` };
}

/** The backups of a plan's slots that were due during an incident. */
function slotsWithin({ witness }: Life, { from, until }: PlannedIncident, plan = 'hourly'): readonly Sighting[] {
  return witness.of().filter(({ backup }) => {
    const slot = slotOf(backup);
    return slot?.plan === plan && slot.at >= from && slot.at < until;
  });
}

function deletionsOf({ witness }: Life, tableName: string): number[] {
  const instants = witness.of(tableName).flatMap(({ deletedAt }) => deletedAt ?? []);
  return instants.sort((a, b) => a - b);
}

function runsOf(count: number): string {
  return count === 1 ? 'one run' : `${count} runs`;
}

function daysLater(from: number, until: number): string {
  const days = Math.round((until - from) / dayMs);
  return days === 1 ? 'a day' : `${days} days`;
}
