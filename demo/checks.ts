import type { SandboxAccount } from '../sandbox/account.ts';
import { alarmChecks } from './alarm-checks.ts';
import { check, count, type Check } from './check.ts';
import { dayMs, hourMs } from './incidents.ts';
import { handmadeNames, type Life } from './life.ts';
import { doomedTable } from './tables.ts';
import { dueSlots } from './slots.ts';
import type { DrillResult } from '../lambda/jobs/drill/drill-result.ts';
import type { DurationBounds } from '../lambda/domain/drill/restore-timing.ts';
import { slotOf, type Sighting } from './witness.ts';

/** Checks the end of a life without any of the product's own code. */
export function checkPromises(life: Life): Check[] {
  return [
    atMostOnePerSlot(life),
    everySlotAnswered(life),
    newestAlwaysThere(life),
    nothingForeignDeleted(life),
    goneTableFrozen(life),
    ...brokenListingDeletesNothing(life),
    restorable(life),
    everyDrillAnswered(life),
    drillTablesGone(life),
    foreignTablesStand(life),
    timesAreTrue(life),
    life.story.isWatched ? alarmChecks(life) : [],
  ].flat();
}

function scheduled(life: Life): readonly (Sighting & { readonly slot: { plan: string; at: number } })[] {
  return life.witness.of().flatMap((sighting) => {
    const slot = slotOf(sighting.backup);
    return slot ? [{ ...sighting, slot }] : [];
  });
}

function atMostOnePerSlot(life: Life): Check {
  const taken = scheduled(life);
  const slots = new Set(taken.map(({ backup, slot }) => `${slot.plan} ${backup.tableId} ${slot.at}`));
  const found = `${count(taken.length, 'backup')} for ${count(slots.size, 'slot')}`;
  return check('one-per-slot', 'no slot got two backups', slots.size === taken.length, found);
}

/** A slot may go without a backup only while creating backups was refused, or its schedule was switched off. */
function everySlotAnswered(life: Life): Check {
  const taken = new Set(scheduled(life).map(({ backup, slot }) => `${backup.tableName} ${slot.at}`));
  const refused = life.incidents.filter(({ id }) => id === 'throttled');
  let slots = 0;
  let excused = 0;
  let switchedOff = 0;
  const off = life.switchedOff;
  const missing: string[] = [];
  for (const { name, plan } of life.demoTables) {
    const until = name === doomedTable ? (life.tableDeletedAt ?? life.endsAt) : life.endsAt;
    for (const at of dueSlots(life.account, plan, life.startedAt, until)) {
      slots++;
      if (taken.has(`${name} ${at}`)) continue;
      if (refused.some(({ from, until: end }) => from <= at && at < end)) excused++;
      else if (off?.plan === plan && off.from <= at && at < off.until) switchedOff++;
      else missing.push(`${name} ${new Date(at).toISOString()}`);
    }
  }
  const found = `${count(slots - excused - switchedOff - missing.length, 'slot')} of ${slots}, ${excused} lost to throttling, ${switchedOff} to a schedule switched off${missing
    .slice(0, 3)
    .map((slot) => `, missing ${slot}`)
    .join('')}`;
  return check(
    'every-slot',
    'every slot got its backup unless DynamoDB took none or its schedule was off',
    missing.length === 0 && slots > 0,
    found,
  );
}

function newestAlwaysThere(life: Life): Check {
  const deleted = life.witness.of().filter(({ deletedAt }) => deletedAt !== undefined);
  const last = deleted.filter(({ hadNewer }) => hadNewer !== true);
  const found = `${count(deleted.length, 'deletion')}, ${last.length} of a newest backup`;
  return check('newest-stays', 'a table’s newest restorable backup was never deleted', last.length === 0, found);
}

function nothingForeignDeleted(life: Life): Check {
  const handmade = life.witness.of().filter(({ backup }) => handmadeNames.includes(backup.name));
  const standing = handmade.filter(({ backup, deletedAt }) => deletedAt === undefined && backup.status === 'AVAILABLE');
  const foreign = life.witness.of().filter(({ backup, deletedAt }) => deletedAt !== undefined && !slotOf(backup));
  const found = `${standing.length} of ${handmade.length} still there`;
  return check(
    'handmade-stay',
    'backups made by hand were left alone',
    standing.length === handmade.length && foreign.length === 0,
    found,
  );
}

function goneTableFrozen({ tableDeletedAt, witness }: Life): Check[] {
  if (tableDeletedAt === undefined) return [];
  const ofTable = witness.of(doomedTable);
  const later = ofTable.filter(({ deletedAt }) => deletedAt !== undefined && deletedAt >= tableDeletedAt);
  const standing = ofTable.filter(({ deletedAt }) => deletedAt === undefined);
  const found = `${standing.length} of ${doomedTable} kept, ${later.length} deleted since`;
  return [
    check(
      'gone-table-frozen',
      'backups of the deleted table stay for good',
      later.length === 0 && standing.length > 0,
      found,
    ),
  ];
}

function brokenListingDeletesNothing({ incidents, witness }: Life): Check[] {
  const incident = incidents.find(({ id }) => id === 'listing-broken');
  if (!incident || incident.fault.hits === 0) return [];
  const within = witness
    .of()
    .filter(({ deletedAt }) => deletedAt !== undefined && deletedAt >= incident.from && deletedAt < incident.until);
  return [
    check(
      'partial-listing',
      'what could not be listed whole was not pruned',
      within.length === 0,
      `${count(within.length, 'deletion')} meanwhile`,
    ),
  ];
}

/** Every table that lives has a restorable backup of the last day and a bit, and the one of orders knows its indexes and TTL. */
function restorable({ account, endsAt, demoTables }: Life): Check[] {
  const alive = demoTables.filter(({ name }) => account.dynamodb.tables.get(name));
  const fresh = alive.filter(({ name }) =>
    account.backups(name).some(({ status, createdAt }) => status === 'AVAILABLE' && createdAt > endsAt - 1.1 * dayMs),
  );
  return [
    check(
      'restorable',
      'every living table can be restored to its last day',
      fresh.length === alive.length,
      `${fresh.length} of ${count(alive.length, 'table')}`,
    ),
    ...(demoTables.some(({ name }) => name === 'orders') ? [ordersComplete(account)] : []),
  ];
}

function ordersComplete(account: SandboxAccount): Check {
  const newest = account
    .backups('orders')
    .filter(({ status }) => status === 'AVAILABLE')
    .at(-1);
  const features = JSON.stringify(newest?.source.SourceTableFeatureDetails ?? {});
  const complete = features.includes('by-customer') && features.includes('by-status') && features.includes('forgetAt');
  return check(
    'indexes-and-ttl',
    'the newest backup of orders carries its indexes and TTL',
    complete,
    complete ? '2 indexes, TTL on forgetAt' : features,
  );
}

/** A slot may go without a result only if somebody stopped the drill. */
function everyDrillAnswered(life: Life): Check {
  const { account, drills, plans, startedAt, endsAt, tableDeletedAt, stoppedDrill, demoTables } = life;
  const isAlive = (name: string, at: number) => name !== doomedTable || at < (tableDeletedAt ?? Infinity);
  const due = [...plans.values()].flatMap(({ name: plan, drill }) =>
    dueSlots(account, plan, startedAt, endsAt, 'drill-start').map((at) => {
      const living = demoTables.filter((table) => table.plan === plan && isAlive(table.name, at));
      const wanted = Math.min(drill?.tablesPerRun ?? 0, living.length);
      const wasStopped = stoppedDrill?.plan === plan && at < stoppedDrill.at && stoppedDrill.at < at + hourMs;
      const found = drills.filter((each) => each.plan === plan && Date.parse(each.slot) === at).length;
      return { wanted, stopped: wasStopped ? 1 : 0, found };
    }),
  );
  const total = (key: 'wanted' | 'stopped' | 'found') => due.reduce((sum, slot) => sum + slot[key], 0);
  return check(
    'every-drill',
    'every run drilled as many tables as planned, unless somebody stopped it',
    due.every(({ wanted, stopped, found }) => found === wanted - stopped) && drills.length === total('found'),
    `${total('found')} of ${count(total('wanted'), 'drill')}, ${total('stopped')} stopped by hand`,
  );
}

/** The last 16 characters of a drill's table and of its execution are the same. */
function drillTablesGone({ account, functions }: Life): Check {
  const running = account.functions.executions.of(functions.drill).filter(({ isClosed }) => !isClosed);
  const needed = new Set(running.map(({ name }) => name.slice(-16)));
  const left = account.dynamodb.tables.all.filter(
    ({ name }) => name.startsWith('ddb-drill-') && !needed.has(name.slice(-16)),
  );
  return check(
    'drill-tables-gone',
    'every drill table is gone, but for those of drills under way',
    left.length === 0,
    `${account.dynamodb.restores.all.length} restored, ${left.length} left`,
  );
}

/** A table that was deleted, even if one of its name came back, would have another TableId. */
function foreignTablesStand({ account, firstTables, deletedTableId }: Life): Check {
  const gone = [...firstTables].filter(
    ([name, id]) => account.dynamodb.tables.get(name)?.id !== id && !(name === doomedTable && deletedTableId === id),
  );
  return check(
    'no-other-table-deleted',
    'no table but drill tables was ever deleted by a function',
    gone.length === 0,
    gone.length === 0 ? `${firstTables.size} looked at` : gone.map(([name]) => `${name} gone`).join(', '),
  );
}

/** The account knows to the millisecond how long each restore took; results and metrics say between which lengths it lies. */
function timesAreTrue({ account, drills }: Life): Check {
  const timed = drills.filter(({ times }) => times.total?.atMostSeconds !== undefined);
  const wrong = timed.filter(({ targetName, plan, table, outcome, times }) => {
    const truth = account.dynamodb.restores.all.find(({ tableName }) => tableName === targetName);
    if (truth?.activeAt === undefined || truth.indexesActiveAt === undefined) return true;
    const restoreSeconds = (truth.activeAt - truth.startedAt) / 1000;
    const workSeconds = (times.rearmSeconds ?? 0) + (times.validateSeconds ?? NaN);
    const totalSeconds = (truth.indexesActiveAt - truth.startedAt) / 1000 + workSeconds;
    const published = account.metrics
      .datapoints('DynamoDBBackups', 'RestoreTime', { Plan: plan, Table: table })
      .some(({ value }) => value === times.total?.atMostSeconds);
    const told = contains(times.restore, restoreSeconds) && contains(times.total, totalSeconds);
    return !told || published !== (outcome === 'passed');
  });
  const widths = timed.map(({ times: { total } }) => (total?.atMostSeconds ?? 0) - (total?.atLeastSeconds ?? 0));
  const most = Math.ceil(Math.max(0, ...widths));
  return check(
    'times-are-true',
    'every published restore time is true: the real one lies within its bounds',
    wrong.length === 0,
    `${timed.length - wrong.length} of ${count(timed.length, 'restore')}, bounds at most ${most} s apart${wrong
      .slice(0, 3)
      .map(describeDrill)
      .join('')}`,
  );
}

function contains(bounds: DurationBounds | undefined, seconds: number): boolean {
  if (bounds?.atMostSeconds === undefined) return false;
  // Sums of milliseconds as fractions of a second differ in their last bits.
  const rounded = (value: number) => Math.round(value * 1000);
  return rounded(bounds.atLeastSeconds) <= rounded(seconds) && rounded(seconds) <= rounded(bounds.atMostSeconds);
}

function describeDrill({ table, slot }: DrillResult): string {
  return `, not ${table} of ${slot.slice(0, 10)}`;
}
