import { dayMs } from './incidents.ts';
import { handmadeNames, type Life } from './life.ts';
import { demoTables, doomedTable } from './tables.ts';
import { dueSlots } from './slots.ts';
import { slotOf, type Sighting } from './witness.ts';

/** One promise, held against what the witness saw and against the account as it stands. */
export interface Check {
  readonly id: string;
  readonly promise: string;
  readonly holds: boolean;
  readonly found: string;
}

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
  ].flat();
}

function check(id: string, promise: string, holds: boolean, found: string): Check {
  return { id, promise, holds, found };
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

/** A slot may go without a backup only while creating backups was refused. */
function everySlotAnswered(life: Life): Check {
  const taken = new Set(scheduled(life).map(({ backup, slot }) => `${backup.tableName} ${slot.at}`));
  const refused = life.incidents.filter(({ id }) => id === 'throttled');
  let slots = 0;
  let excused = 0;
  const missing: string[] = [];
  for (const { name, plan } of demoTables) {
    const until = name === doomedTable ? (life.tableDeletedAt ?? life.endsAt) : life.endsAt;
    for (const at of dueSlots(life.account, plan, life.startedAt, until)) {
      slots++;
      if (taken.has(`${name} ${at}`)) continue;
      if (refused.some(({ from, until: end }) => from <= at && at < end)) excused++;
      else missing.push(`${name} ${new Date(at).toISOString()}`);
    }
  }
  const found = `${count(slots - excused - missing.length, 'slot')} of ${slots}, ${excused} lost to throttling${missing
    .slice(0, 3)
    .map((slot) => `, missing ${slot}`)
    .join('')}`;
  return check(
    'every-slot',
    'every slot got its backup unless DynamoDB took none',
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
function restorable({ account, endsAt }: Life): Check[] {
  const alive = demoTables.filter(({ name }) => account.dynamodb.tables.get(name));
  const fresh = alive.filter(({ name }) =>
    account.backups(name).some(({ status, createdAt }) => status === 'AVAILABLE' && createdAt > endsAt - 1.1 * dayMs),
  );
  const newest = account
    .backups('orders')
    .filter(({ status }) => status === 'AVAILABLE')
    .at(-1);
  const features = JSON.stringify(newest?.source.SourceTableFeatureDetails ?? {});
  const complete = features.includes('by-customer') && features.includes('by-status') && features.includes('forgetAt');
  return [
    check(
      'restorable',
      'every living table can be restored to its last day',
      fresh.length === alive.length,
      `${fresh.length} of ${count(alive.length, 'table')}`,
    ),
    check(
      'indexes-and-ttl',
      'the newest backup of orders carries its indexes and TTL',
      complete,
      complete ? '2 indexes, TTL on forgetAt' : features,
    ),
  ];
}

function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}
