import { regionIn } from '../arn.ts';
import type { Plan } from '../plan.ts';
import type { Reason } from '../reason.ts';
import { coversName } from '../selection.ts';
import { type DrillTableScope, formatDrillTableName, isDrillTableName } from './drill-table-name.ts';

/** What DynamoDB says about a table that somebody is about to delete. */
export interface TableFacts {
  readonly name: string;
  readonly arn: string;
  readonly tableId: string;
  readonly createdAt: Date | undefined;
  /** `CREATING`, `UPDATING`, `DELETING`, `ACTIVE`, `INACCESSIBLE_ENCRYPTION_CREDENTIALS`, `ARCHIVING`, `ARCHIVED` or another today. */
  readonly status: string;
  readonly deletionProtection: boolean;
  /** The backup, or the table at a point in time, that it was restored from; DynamoDB stops showing it when the table is ACTIVE. */
  readonly restoredFrom?: string | undefined;
}

/** What the ledger recorded before the request to restore was sent. */
export interface DrillIntent {
  readonly targetName: string;
  readonly plan: string;
  readonly table: string;
  readonly slot: Date;
  /** ARN of the backup, or of the table of a point in time. */
  readonly sourceArn: string;
  /** What DynamoDB shows as the table's origin, where that is not `sourceArn`: of a recovery point, the table it is of. */
  readonly originArn?: string | undefined;
  /** Region the table is restored into; missing when it is the deployment's own. */
  readonly region?: string | undefined;
  /** ARN of the vault whose copy it is restored from; missing when it is one of the plan's own backups. */
  readonly copiesIn?: string | undefined;
  /** When the intent was recorded first; a repeated record must not move it. */
  readonly recordedAt: Date;
  /** Recorded as soon as the restore was accepted. */
  readonly targetTableId?: string | undefined;
}

/** What is ours to delete, and who asks. */
export interface DeletionScope extends DrillTableScope {
  /** All plans of the deployment. */
  readonly plans: readonly Pick<Plan, 'name' | 'tables'>[];
  /** Set by the sweep, which deletes what others made; a drill that deletes its own table leaves it out. */
  readonly sweep?: {
    /** `forgotten`: Lambda keeps no record of it any more, or none yet. */
    readonly execution: 'running' | 'ended' | 'forgotten' | 'unknown';
    /** No drill takes longer: at least the plan's `drill.timeout`. */
    readonly longestDrillSeconds: number;
  };
}

/**
 * What to do about a table: `delete` it, `wait` until it can be deleted, take it for `done`, or `refuse` to touch it. Only `delete`
 * comes without reasons.
 */
export type DeletionVerdict =
  | { readonly verdict: 'delete'; readonly reasons: readonly [] }
  | { readonly verdict: 'wait' | 'done'; readonly reasons: readonly [Reason] }
  | { readonly verdict: 'refuse'; readonly reasons: readonly Reason[] };

/** Says the one thing it looks at that forbids the deletion, or nothing. */
type Guard = (facts: TableFacts, intent: DrillIntent, scope: DeletionScope, now: Date) => Reason | undefined;

const deletable = ['ACTIVE', 'INACCESSIBLE_ENCRYPTION_CREDENTIALS', 'ARCHIVED'];
const passing = ['CREATING', 'UPDATING', 'ARCHIVING'];

/**
 * Decides about deleting one table.
 * > A table is deleted only as a drill table of this deployment, by its name and by the intent recorded before it was created, which no plan
 * > covers, which nobody protects, and which no running drill needs. One doubt is enough to leave it.
 * A table still being made cannot be deleted yet; one on its way out already is.
 */
export function whyNotToDelete(
  facts: TableFacts,
  intent: DrillIntent | undefined,
  scope: DeletionScope,
  now: Date,
): DeletionVerdict {
  const notOurs = whyForeignName(facts, scope);
  if (!intent) return { verdict: 'refuse', reasons: [...notOurs, noIntent] };
  const doubts = guards.flatMap((guard) => guard(facts, intent, scope, now) ?? []);
  const reasons = [...notOurs, ...doubts];
  return reasons.length > 0 ? { verdict: 'refuse', reasons } : byStatus(facts);
}

function byStatus({ status }: TableFacts): DeletionVerdict {
  if (status === 'DELETING') return { verdict: 'done', reasons: [{ code: 'deleting', detail: 'it is being deleted' }] };
  if (passing.includes(status)) {
    const detail = `it is ${status}, and can be deleted only when it is ACTIVE`;
    return { verdict: 'wait', reasons: [{ code: 'not-yet-deletable', detail }] };
  }
  return { verdict: 'delete', reasons: [] };
}

const noIntent: Reason = { code: 'no-intent', detail: 'the ledger knows no drill that meant to make it' };

/** > Its name is the prefix of drill tables, this deployment's owner and 16 hexadecimal digits. */
function whyForeignName({ name }: TableFacts, scope: DeletionScope): Reason[] {
  const detail = 'its name is not that of a drill table of this deployment';
  return isDrillTableName(name, scope) ? [] : [{ code: 'not-a-drill-table', detail }];
}

const guards: readonly Guard[] = [
  intendedName,
  intendedRegion,
  createdAfterIntent,
  sameTableId,
  sameOrigin,
  notCovered,
  notProtected,
  knownStatus,
  noRunningDrill,
  oldEnough,
];

/** > The intent is about exactly this name, and its plan, table and slot make that name. */
function intendedName({ name }: TableFacts, intent: DrillIntent, scope: DeletionScope): Reason | undefined {
  if (name === intent.targetName && name === nameMeant(intent, scope)) return undefined;
  return { code: 'other-intent', detail: `the ledger's intent is about ${intent.targetName}` };
}

function nameMeant(intent: DrillIntent, scope: DeletionScope): string | undefined {
  try {
    const { drillTablePrefix, owner, homeRegion } = scope;
    return formatDrillTableName({ ...intent, drillTablePrefix, owner, homeRegion });
  } catch {
    return undefined;
  }
}

/** > It is in the Region the intent names: a table of the same name in another one is somebody else's. */
function intendedRegion({ arn }: TableFacts, { region, sourceArn }: DrillIntent): Reason | undefined {
  const [meant, found] = [region ?? regionIn(sourceArn), regionIn(arn)];
  if (meant !== undefined && meant === found) return undefined;
  const detail = `it is in ${found ?? 'an unknown Region'}, the drill meant ${meant ?? 'an unknown one'}`;
  return { code: 'other-region', detail };
}

/** > It was created after the intent was recorded, and both not later than now. */
function createdAfterIntent({ createdAt }: TableFacts, intent: DrillIntent, _: DeletionScope, now: Date) {
  const [recorded, created] = [intent.recordedAt.getTime(), createdAt?.getTime() ?? NaN];
  if (recorded <= created && created <= now.getTime()) return undefined;
  const detail = `it was created ${describe(createdAt)}, the drill was recorded ${describe(intent.recordedAt)}, now is ${describe(now)}`;
  return { code: 'not-created-by-drill', detail };
}

/** > It is the very incarnation the restore answered with, where that was recorded. */
function sameTableId({ tableId }: TableFacts, { targetTableId }: DrillIntent): Reason | undefined {
  if (targetTableId === undefined || tableId === targetTableId) return undefined;
  return { code: 'other-table-id', detail: `its table id is ${tableId}, the drill made ${targetTableId}` };
}

/** > Where DynamoDB still shows what it was restored from, that is what the drill meant to restore. */
function sameOrigin({ restoredFrom }: TableFacts, { sourceArn, originArn }: DrillIntent): Reason | undefined {
  if (restoredFrom === undefined || restoredFrom === sourceArn || restoredFrom === originArn) return undefined;
  return { code: 'other-origin', detail: `it was restored from ${restoredFrom}, the drill meant ${sourceArn}` };
}

/** > No plan names it or has a pattern for it. Tags do not count: a drill gives its table those of the source. */
function notCovered({ name }: TableFacts, _: DrillIntent, { plans }: DeletionScope): Reason | undefined {
  const plan = plans.find(({ tables }) => coversName(tables, name) === 'covered');
  return plan && { code: 'covered', detail: `plan ${plan.name} backs it up` };
}

function notProtected({ deletionProtection }: TableFacts): Reason | undefined {
  return deletionProtection ? { code: 'deletion-protected', detail: 'its deletion protection is on' } : undefined;
}

function knownStatus({ status }: TableFacts): Reason | undefined {
  if ([...deletable, ...passing, 'DELETING'].includes(status)) return undefined;
  return { code: 'unknown-status', detail: `its status ${status} is none in which a drill table can be` };
}

/** > The sweep deletes nothing of a drill that may still run. */
function noRunningDrill(_: TableFacts, __: DrillIntent, { sweep }: DeletionScope): Reason | undefined {
  if (sweep === undefined || sweep.execution === 'ended' || sweep.execution === 'forgotten') return undefined;
  return sweep.execution === 'running'
    ? { code: 'drill-running', detail: 'its drill still runs' }
    : { code: 'drill-unknown', detail: 'nobody could tell whether its drill still runs' };
}

/** > Unless its drill is known to have ended, the sweep deletes nothing younger than the longest drill. */
function oldEnough(_: TableFacts, { recordedAt }: DrillIntent, { sweep }: DeletionScope, now: Date) {
  const seconds = (now.getTime() - recordedAt.getTime()) / 1000;
  if (sweep === undefined || sweep.execution === 'ended' || seconds > sweep.longestDrillSeconds) return undefined;
  return { code: 'too-young', detail: `its drill began ${seconds} s ago and may take ${sweep.longestDrillSeconds} s` };
}

function describe(date: Date | undefined): string {
  return date === undefined || Number.isNaN(date.getTime()) ? 'at an unknown time' : date.toISOString();
}
