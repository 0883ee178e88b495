import { watchMetrics } from '../../contract/metrics.ts';
import type { CopyDestination } from '../../domain/copy-destination.ts';
import { restorableBackups } from '../../domain/drill/choose.ts';
import type { Restorable } from '../../domain/standing.ts';
import { planAgeSeconds, protectionOf } from '../../domain/watch/recovery-points.ts';
import { ownership } from './backup-gauges.ts';
import { scheduleOfJob, type SeenPlan, type Values } from './plan-gauges.ts';
import type { Coverage } from './read-tables.ts';
import { attempt, type ReadFailure } from './reading.ts';

/** A copy may be dated a little later than our clock says it is. */
const clockToleranceMilliseconds = 5 * 60_000;

/**
 * How old the copies of a plan are: of the place and the table where they are oldest.
 * > A table without a copy has no age until a slot could have brought it one; from then on its age counts from the later of its own creation
 * > and the last change of the plan's schedule, which may have been the one that asked for copies.
 * Nothing where a place could not be seen: what is not seen must not look healthy.
 */
export async function copyGauges(seen: SeenPlan, covered: Coverage, failures: ReadFailure[]): Promise<Values> {
  const { plan, facts, copies } = seen;
  const places = copies.placesOf(plan);
  if (places.length === 0) return {};
  const schedule = scheduleOfJob(seen, 'backup');
  const scheduledSince = schedule?.changedAt ?? schedule?.createdAt;
  const ages: number[] = [];
  for (const { destination } of places) {
    const restorable = await copiesAt(destination, seen, covered, failures);
    if (!restorable) return {};
    const question = { plan, tables: covered.tables, restorable, scheduledSince, now: facts.now };
    ages.push(planAgeSeconds(protectionOf(question), question));
  }
  return { [watchMetrics.copyAge]: Math.max(...ages) };
}

/** What the plan's copies in its own account take up, as far as they could be seen. */
export function copiedBytes(seen: SeenPlan): number {
  const isOwn = ownership(seen);
  const places = seen.copies.placesOf(seen.plan);
  const listed = places.flatMap(({ destination }) => listedAt(destination, seen) ?? []);
  return listed.filter(isOwn).reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
}

function listedAt({ vaultArn }: CopyDestination, { facts }: SeenPlan) {
  const listing = facts.copies.get(vaultArn);
  return listing?.ok ? listing.value.backups : undefined;
}

/** The plan's restorable copies in one place, oldest first; undefined when nobody could look. */
async function copiesAt(
  destination: CopyDestination,
  seen: SeenPlan,
  covered: Coverage,
  failures: ReadFailure[],
): Promise<readonly Restorable[] | undefined> {
  if (!destination.isOwnAccount) return await rememberedCopies(destination, seen, covered, failures);
  const now = new Date(seen.facts.now.getTime() + clockToleranceMilliseconds);
  const listed = listedAt(destination, seen);
  return listed && restorableBackups(listed, { isOwn: ownership(seen), now });
}

/** > In another account nobody can look from here: there the copy whose job completed last counts, by its slot. */
async function rememberedCopies(
  { vaultArn }: CopyDestination,
  { plan, copies }: SeenPlan,
  { tables }: Coverage,
  failures: ReadFailure[],
): Promise<readonly Restorable[] | undefined> {
  const newest = await attempt(`copies of ${plan.name}`, failures, () => copies.newest(plan.name));
  if (!newest.ok) return undefined;
  const slots = new Map(
    newest.value.flatMap((copy) => (copy.destinationArn === vaultArn ? [[copy.table, copy.slot] as const] : [])),
  );
  return tables.flatMap(({ name: tableName, tableId, createdAt: tableCreatedAt }) => {
    const createdAt = slots.get(tableName);
    if (!createdAt || (tableCreatedAt && createdAt < tableCreatedAt)) return [];
    const known = { status: 'AVAILABLE', type: 'RECOVERY_POINT', sizeBytes: undefined };
    return [{ arn: vaultArn, name: '', tableName, tableId, createdAt, ...known }];
  });
}
