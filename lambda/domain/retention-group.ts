import { coldMinimumDays } from './aws-backup-options.ts';
import type { KeptByAws } from './backup.ts';
import { goBack } from './calendar.ts';
import type { Plan } from './plan.ts';
import type { Reason } from './reason.ts';
import { rulesOf } from './retention-rules.ts';
import type { Restorable } from './standing.ts';

/** What is decided about one backup, and why. */
export interface Finding {
  readonly verdict: 'keep' | 'delete';
  /** Never empty. */
  readonly reasons: readonly Reason[];
}

export interface Circumstances {
  /** The tables that exist and that the plan covers today: name to table id, or to every table id to be taken as live. */
  readonly liveTables: ReadonlyMap<string, string | ReadonlySet<string>>;
  /** Names of tables that exist but that the plan does not cover; only sharpens the reason of a frozen backup. */
  readonly uncoveredTables?: ReadonlySet<string>;
  /** ARNs an operator wants kept until further notice. */
  readonly holds: ReadonlySet<string>;
  /** ARNs that drills restore right now, or have chosen to. */
  readonly pinned?: ReadonlySet<string>;
  /** ARNs of recovery points of which copies are wanted or under way. */
  readonly copied?: ReadonlySet<string>;
  /** ARNs of backups that passed a drill. */
  readonly proven?: ReadonlySet<string>;
  readonly now: Date;
}

/** Judges the restorable backups of one table id, one after the other; they must come newest first (`byAge` reversed). */
export type GroupJudge = (group: readonly Restorable[]) => (member: Restorable, nth: number) => Finding;

const dayMilliseconds = 24 * 3_600_000;

const newest: Reason = { code: 'newest', detail: 'the newest restorable backup always stays' };
const held: Reason = { code: 'hold', detail: 'an operator holds it' };
const drilled: Reason = { code: 'drill', detail: 'a drill restores it' };
const copied: Reason = { code: 'copy', detail: 'a copy of it is being made' };
const proven: Reason = { code: 'proven', detail: 'the newest backup that passed a drill always stays' };
const gone: Reason = { code: 'table-gone', detail: 'frozen: its table does not exist any more' };
const recreated: Reason = { code: 'table-recreated', detail: 'frozen: its table was deleted, and created again' };
const uncovered: Reason = { code: 'table-not-covered', detail: 'frozen: the plan does not cover its table any more' };

/** Codes of backups that stay because their whole group is frozen. */
export const freezeCodes: ReadonlySet<string> = new Set([
  ...[gone, recreated, uncovered].map(({ code }) => code),
  'recovery-point-overdue',
]);

const locked: Reason = { code: 'vault-lock', detail: 'the lock of its vault keeps it until it expires' };
const lockedForGood: Reason = { code: 'vault-lock', detail: 'the lock of its vault keeps it, and it never expires' };
const onLegalHold: Reason = { code: 'legal-hold', detail: 'a legal hold of AWS Backup keeps it' };
const cold: Reason = {
  code: 'cold-storage',
  detail: `it has not been in cold storage for the ${coldMinimumDays} days that AWS bills`,
};

/** Codes of what keeps a backup that no rule and no floor of the plan wants. */
export const sparingCodes: ReadonlySet<string> = new Set(
  [held, drilled, copied, proven, locked, onLegalHold, cold].map(({ code }) => code),
);

/**
 * Prepares a plan for judging groups.
 * > The newest restorable backup and the newest `minimumCopies` always stay; so does one created in the same instant as the last of them.
 * > The newest restorable backup of a group that passed a drill stays until a newer one passes.
 * > A backup stays when any rule wants it, when it is held, while a drill restores it or a copy of it is being made, or when its group is
 * > frozen.
 * > A recovery point stays while the lock of its vault or a legal hold keeps it, and until it was in cold storage for 90 days once it is there.
 */
export function groupJudge(plan: Plan, circumstances: Circumstances): GroupJudge {
  const rules = rulesOf(plan);
  const floor: Reason = {
    code: 'minimum-copies',
    detail: `among the newest ${plan.minimumCopies} restorable (minimumCopies)`,
  };
  const freezeOf = freezer(plan, circumstances);
  const keep = shared('keep');
  const expire = shared('delete');
  return (group) => {
    const newestAt = timeOf(group[0]);
    const floorAt = timeOf(group[plan.minimumCopies - 1]);
    const freeze = freezeOf(group, newestAt);
    const provenArn = newestProven(group, circumstances.proven);
    const walks = rules.map((begin) => begin(newestAt));
    return ({ arn, createdAt, keptByAws }, nth) => {
      const at = createdAt.getTime();
      const reasons: Reason[] = [];
      const refusals: Reason[] = [];
      for (const ask of walks) {
        const { keeps, reason } = ask(at, nth === group.length - 1);
        (keeps ? reasons : refusals).push(reason);
      }
      if (nth === 0) reasons.push(newest);
      if (at >= floorAt) reasons.push(floor);
      if (arn === provenArn) reasons.push(proven);
      if (circumstances.holds.has(arn)) reasons.push(held);
      if (circumstances.pinned?.has(arn)) reasons.push(drilled);
      if (circumstances.copied?.has(arn)) reasons.push(copied);
      if (freeze) reasons.push(freeze);
      if (keptByAws) reasons.push(...reasonsOfAws(keptByAws, circumstances.now.getTime()));
      return reasons.length > 0 ? keep(reasons) : expire(refusals);
    };
  };
}

function reasonsOfAws({ lockedUntil, isOnLegalHold, coldFrom }: KeptByAws, now: number): Reason[] {
  const coldSince = coldFrom && (now - coldFrom.getTime()) / dayMilliseconds;
  return [
    ...(lockedUntil === undefined ? [] : [lockedUntil === 'for-good' ? lockedForGood : locked]),
    ...(isOnLegalHold ? [onLegalHold] : []),
    ...(coldSince !== undefined && coldSince >= 0 && coldSince < coldMinimumDays ? [cold] : []),
  ];
}

interface Branch {
  readonly next: Map<Reason, Branch>;
  finding?: Finding;
}

/** Makes each finding once: a million verdicts share a few thousand. */
function shared(verdict: Finding['verdict']): (reasons: readonly Reason[]) => Finding {
  const root: Branch = { next: new Map() };
  return (reasons) => {
    let branch = root;
    for (const reason of reasons) {
      const grown: Branch = branch.next.get(reason) ?? { next: new Map() };
      branch.next.set(reason, grown);
      branch = grown;
    }
    return (branch.finding ??= { verdict, reasons });
  };
}

/**
 * > A group is frozen, and all of it stays, when its table is gone, was created again, or is not covered by the plan any more, or when
 * > its newest restorable backup is older than the plan's `recoveryPoint`.
 */
function freezer({ objectives, backup: { timeZone } }: Plan, { liveTables, uncoveredTables, now }: Circumstances) {
  const recoveryPoint = objectives?.recoveryPoint;
  const healthyFrom = recoveryPoint === undefined ? -Infinity : goBack(now.getTime(), recoveryPoint, timeZone);
  const overdue: Reason = {
    code: 'recovery-point-overdue',
    detail: `frozen: the newest restorable backup is more than ${String(recoveryPoint)} old`,
  };
  return (group: readonly Restorable[], newestAt: number): Reason | undefined => {
    const stray = group.find(({ tableName, tableId }) => !isLive(liveTables.get(tableName), tableId));
    if (!stray) return newestAt < healthyFrom ? overdue : undefined;
    if (liveTables.has(stray.tableName)) return recreated;
    return uncoveredTables?.has(stray.tableName) ? uncovered : gone;
  };
}

function newestProven(group: readonly Restorable[], passed: ReadonlySet<string> | undefined): string | undefined {
  return passed?.size ? group.find(({ arn }) => passed.has(arn))?.arn : undefined;
}

function timeOf(backup: Restorable | undefined): number {
  return backup?.createdAt.getTime() ?? -Infinity;
}

function isLive(live: string | ReadonlySet<string> | undefined, tableId: string): boolean {
  return typeof live === 'object' ? live.has(tableId) : live === tableId;
}
