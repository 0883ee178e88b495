import type { Backup } from './backup.ts';
import { goBack } from './calendar.ts';
import type { Reason } from './reason.ts';
import type { RetentionPlan } from './retention-guards.ts';
import { rulesOf } from './retention-rules.ts';

export interface Verdict {
  readonly backup: Backup;
  readonly verdict: 'keep' | 'delete';
  /** Never empty. */
  readonly reasons: readonly Reason[];
}

/** A backup that counts: complete, dated, a plan's own. */
export interface Restorable {
  readonly backup: Backup;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

export interface Circumstances {
  /** The tables that exist and that the plan covers today: name to table id. */
  readonly liveTables: ReadonlyMap<string, string>;
  /** Names of tables that exist but that the plan does not cover; only sharpens the reason of a frozen backup. */
  readonly uncoveredTables?: ReadonlySet<string>;
  /** ARNs an operator wants kept until further notice. */
  readonly holds: ReadonlySet<string>;
  readonly now: Date;
}

/** Judges the restorable backups of one table id, which must come newest first (`byAge` reversed), one after the other. */
export type GroupJudge = (group: readonly Restorable[]) => (member: Restorable, nth: number) => Verdict;

const newest: Reason = { code: 'newest', detail: 'the newest restorable backup always stays' };
const held: Reason = { code: 'hold', detail: 'an operator holds it' };
const gone: Reason = { code: 'table-gone', detail: 'frozen: its table does not exist any more' };
const recreated: Reason = { code: 'table-recreated', detail: 'frozen: its table was deleted, and created again' };
const uncovered: Reason = { code: 'table-not-covered', detail: 'frozen: the plan does not cover its table any more' };

/** Codes of backups that stay because their whole group is frozen. */
export const freezeCodes: ReadonlySet<string> = new Set([
  ...[gone, recreated, uncovered].map(({ code }) => code),
  'recovery-point-overdue',
]);

/** Orders backups from oldest to newest: by creation time, then by ARN. Names never matter. */
export function byAge(one: Restorable, other: Restorable): number {
  return one.createdAt - other.createdAt || (one.backup.arn < other.backup.arn ? -1 : 1);
}

/**
 * Prepares a plan for judging groups.
 * > The newest restorable backup and the newest `minimumCopies` always stay; those created in the same instant as the last of them too.
 * > A backup stays when any rule wants it, when it is held, or when its group is frozen.
 */
export function groupJudge(plan: RetentionPlan, circumstances: Circumstances): GroupJudge {
  const rules = rulesOf(plan);
  const floor: Reason = {
    code: 'minimum-copies',
    detail: `one of the ${plan.minimumCopies} newest restorable backups`,
  };
  const freezeOf = freezer(plan, circumstances);
  return (group) => {
    const newestAt = group[0]?.createdAt ?? -Infinity;
    const floorAt = group.at(plan.minimumCopies - 1)?.createdAt ?? -Infinity;
    const freeze = freezeOf(group, newestAt);
    const walks = rules.map((begin) => begin(newestAt));
    return ({ backup, createdAt }, nth) => {
      const opinions = walks.map((ask) => ask(createdAt, nth === group.length - 1));
      const reasons = opinions.filter(({ keeps }) => keeps).map(({ reason }) => reason);
      if (nth === 0) reasons.push(newest);
      if (createdAt >= floorAt) reasons.push(floor);
      if (circumstances.holds.has(backup.arn)) reasons.push(held);
      if (freeze) reasons.push(freeze);
      if (reasons.length > 0) return { backup, verdict: 'keep', reasons };
      return { backup, verdict: 'delete', reasons: opinions.map(({ reason }) => reason) };
    };
  };
}

/**
 * > A group is frozen, and all of it stays, when its table is gone, was created again, or is not covered by the plan any more, or when
 * > its newest restorable backup is older than the plan's `recoveryPoint`.
 */
function freezer(
  { objectives, backup: { timeZone } }: RetentionPlan,
  { liveTables, uncoveredTables, now }: Circumstances,
) {
  const recoveryPoint = objectives?.recoveryPoint;
  const healthyFrom = recoveryPoint === undefined ? -Infinity : goBack(now.getTime(), recoveryPoint, timeZone);
  const overdue: Reason = {
    code: 'recovery-point-overdue',
    detail: `frozen: the newest restorable backup is more than ${String(recoveryPoint)} old`,
  };
  return (group: readonly Restorable[], newestAt: number): Reason | undefined => {
    const stray = group.find(({ backup }) => liveTables.get(backup.tableName) !== backup.tableId)?.backup;
    if (!stray) return newestAt < healthyFrom ? overdue : undefined;
    if (liveTables.has(stray.tableName)) return recreated;
    return uncoveredTables?.has(stray.tableName) ? uncovered : gone;
  };
}
