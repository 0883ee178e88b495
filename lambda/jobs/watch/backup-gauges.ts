import { pruneMetrics, watchMetrics } from '../../contract/metrics.ts';
import { parseDynamoDbArn } from '../../domain/arn.ts';
import type { Backup } from '../../domain/backup.ts';
import { restorableBackups } from '../../domain/drill/choose.ts';
import type { CompleteListing } from '../../domain/listing.ts';
import { isOwnBackup, parseBackupName } from '../../domain/naming.ts';
import { judge } from '../../domain/retention.ts';
import type { Restorable } from '../../domain/standing.ts';
import { countMissing, dueSlots, newlyDue } from '../../domain/watch/missing-backups.ts';
import { monthlyCost } from '../../domain/watch/monthly-cost.ts';
import { planAgeSeconds, protectionOf, type TableProtection } from '../../domain/watch/recovery-points.ts';
import { copiedBytes } from './copy-gauges.ts';
import { scheduleOfJob, toObjective, type PartialGauges, type SeenPlan, type Values } from './plan-gauges.ts';
import type { Coverage } from './read-tables.ts';
import { attempt, type ReadFailure } from './reading.ts';

/** A backup may be dated a little later than our clock says it is. */
const clockToleranceMilliseconds = 5 * 60_000;

/** What the listing of backups says of a plan; nothing without it. */
export async function backupGauges(seen: SeenPlan, covered: Coverage, failures: ReadFailure[]): Promise<PartialGauges> {
  const { plan, run, facts } = seen;
  const read = facts.listings.get(plan.backup.engine);
  if (!read?.ok) return { values: {}, tables: new Map() };
  const listing = read.value;
  const isOwn = ownership(seen);
  const own = listing.backups.filter(({ status }) => status !== 'DELETED').filter(isOwn);
  const horizon = new Date(facts.now.getTime() + clockToleranceMilliseconds);
  const restorable = restorableBackups(own, { isOwn: () => true, now: horizon });
  const scheduledSince = scheduleOfJob(seen, 'backup')?.createdAt;
  const question = { plan, tables: covered.tables, restorable, scheduledSince, now: facts.now };
  const protection = protectionOf(question);
  const age = planAgeSeconds(protection, question);
  const storedBytes = own.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
  return {
    values: {
      [watchMetrics.recoveryPointAge]: age,
      ...toObjective(age, plan.objectives?.recoveryPoint, watchMetrics.recoveryPointAgeToObjective),
      ...protectionGauges(protection, covered),
      [watchMetrics.storageBytes]: storedBytes,
      [watchMetrics.monthlyCost]: monthlyCost({
        prices: run.prices,
        storedBytes: storedBytes + copiedBytes(seen),
        tableBytes: newestSizes(restorable, covered),
        drill: plan.drill,
        now: facts.now,
      }),
      ...retentionGauges(seen, listing, covered),
      ...(await missingGauge(own, seen, covered, failures)),
    },
    tables: new Map(
      protection.flatMap(({ table, recoveryPointAgeSeconds: seconds }) =>
        seconds === undefined ? [] : [[table, { [watchMetrics.recoveryPointAge]: seconds }]],
      ),
    ),
  };
}

export function ownership({ plan, run: { prefix, owner } }: SeenPlan): (backup: Backup) => boolean {
  return (backup) => isOwnBackup(backup, { prefix, owner, plan: plan.name });
}

/** > A table that nobody could describe counts as unprotected: nobody can say that it is not. */
function protectionGauges(protection: readonly TableProtection[], { undescribed }: Coverage): Values {
  const count = protection.filter(({ isProtected }) => isProtected).length;
  const shrinks = protection.flatMap(({ shrink }) => shrink ?? []);
  return {
    [watchMetrics.protectedTables]: count,
    [watchMetrics.unprotectedTables]: protection.length - count + undescribed.length,
    ...(shrinks.length > 0 && { [watchMetrics.shrink]: Math.max(...shrinks) }),
  };
}

function newestSizes(restorable: readonly Restorable[], { tables }: Coverage): number[] {
  const newest = new Map(restorable.map(({ tableId, sizeBytes }) => [tableId, sizeBytes ?? 0]));
  return tables.map(({ tableId }) => newest.get(tableId) ?? 0);
}

/** Judging takes long, so backups are judged whenever tables and ledger are read anew. */
function retentionGauges(seen: SeenPlan, listing: CompleteListing, covered: Coverage): Values {
  const { plan, state, memory } = seen;
  const known = memory.retention.get(plan.name);
  if (known?.state === state) return known.values;
  const values = judgedGauges(seen, listing, covered);
  memory.retention.set(plan.name, { state, values });
  return values;
}

/** The same judgement that prune would act on; nothing without the ledger, which knows what is held. */
function judgedGauges(seen: SeenPlan, listing: CompleteListing, { liveTables }: Coverage): Values {
  const { plan, state, facts } = seen;
  if (!state.ledger.ok) return {};
  const { holds, intents, histories } = state.ledger.value;
  const proven = [...(histories.get(plan.name)?.values() ?? [])].flatMap(({ provenBackup }) => provenBackup?.arn ?? []);
  const { counts } = judge({
    listing,
    plan,
    isOwn: ownership(seen),
    liveTables,
    holds,
    pinned: new Set(intents.map(({ sourceArn }) => sourceArn)),
    proven: new Set(proven),
    now: facts.now,
  });
  return {
    [pruneMetrics.held]: counts.held,
    [pruneMetrics.frozen]: counts.frozen,
    [pruneMetrics.unjudgeable]: counts.unjudgeable,
  };
}

/** Nothing where schedules could not be read: which slots were due is then unknown. The ledger is asked only when something is missing. */
async function missingGauge(
  own: readonly Backup[],
  seen: SeenPlan,
  { tables }: Coverage,
  failures: ReadFailure[],
): Promise<Values> {
  const { plan, state, facts, ledger } = seen;
  if (!state.schedules.ok) return {};
  const slots = slotsByTable(own);
  const { changedAt, createdAt } = scheduleOfJob(seen, 'backup') ?? {};
  const since = changedAt ?? createdAt;
  const due = dueSlots(plan, { now: facts.now, since, anchor: newestSlot(slots) });
  const missing = (asked: readonly Date[], pruned: ReadonlyMap<string, readonly Date[]>): number =>
    tables.reduce((sum, { name, createdAt: tableCreatedAt }) => {
      const taken = slots.get(name) ?? [];
      return sum + countMissing(plan, asked, { tableCreatedAt, taken, pruned: pruned.get(name) ?? [] });
    }, 0);
  const gauges = (pruned: ReadonlyMap<string, readonly Date[]>): Values => ({
    [watchMetrics.missingBackups]: missing(due, pruned),
    [watchMetrics.newlyMissingBackups]: missing(newlyDue(due, plan, facts.now), pruned),
  });
  const [oldest] = due;
  const atMost = gauges(new Map());
  if (!oldest || atMost[watchMetrics.missingBackups] === 0) return atMost;
  const deleted = await attempt(`deletions of ${plan.name}`, failures, () => ledger.deletedSince(plan.name, oldest));
  return deleted.ok ? gauges(creationTimes(deleted.value)) : {};
}

function slotsByTable(own: readonly Backup[]): ReadonlyMap<string, readonly Date[]> {
  const slots = new Map<string, Date[]>();
  for (const { tableName, name } of own) {
    const slot = parseBackupName(name)?.slot;
    if (!slot) continue;
    const known = slots.get(tableName);
    if (known) known.push(slot);
    else slots.set(tableName, [slot]);
  }
  return slots;
}

function newestSlot(slots: ReadonlyMap<string, readonly Date[]>): Date | undefined {
  const times = [...slots.values()].flat().map((slot) => slot.getTime());
  return times.length > 0 ? new Date(times.reduce((a, b) => Math.max(a, b))) : undefined;
}

/** The id of a backup begins with its creation time. */
function creationTimes(arns: readonly string[]): ReadonlyMap<string, readonly Date[]> {
  const times = new Map<string, Date[]>();
  for (const arn of arns) {
    const { tableName: table, backupId } = parseDynamoDbArn(arn) ?? {};
    if (table === undefined || backupId === undefined) continue;
    const known = times.get(table) ?? [];
    times.set(table, [...known, new Date(Number(backupId.slice(0, backupId.indexOf('-'))))]);
  }
  return times;
}
