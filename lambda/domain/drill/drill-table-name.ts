import { hash } from 'node:crypto';
import { isRegionName } from '../arn.ts';
import { describeValue } from '../faults.ts';
import { restoreTests } from '../restore-test.ts';

declare const drillTable: unique symbol;

/** The name of a table that a drill of one deployment made, or may make. No other text is ever given to DeleteTable. */
export type DrillTableName = string & { readonly [drillTable]: true };

/** What tells the drill tables of one deployment from all others. */
export interface DrillTableScope {
  /** `[a-zA-Z0-9_.-]{8,64}` that ends in `-`, `_` or `.`. */
  readonly drillTablePrefix: string;
  /** `[a-z0-9]{4,16}`: the stable id of the deployment. */
  readonly owner: string;
  /**
   * Region of the deployment, for tables it restores into another one: there it is part of their names, for a deployment of the same owner
   * may live there, or restore into there from a third Region.
   */
  readonly homeRegion?: string | undefined;
}

/** What one drill is: one table of one plan in one slot. */
export interface DrillIdentity {
  readonly owner: string;
  readonly plan: string;
  readonly table: string;
  /** The scheduled instant. */
  readonly slot: Date;
  /** Where the copies lie that it restores; missing for a drill of the plan's own backups. */
  readonly copiesIn?: string | undefined;
}

const shortestPrefix = 8;
const allowedPrefix = `${shortestPrefix} to 64 letters, digits, _, . and - that end in -, _ or .`;
const ownerPattern = /^[a-z0-9]{4,16}$/;
const planPattern = /^[a-z][a-z0-9-]{0,39}$/;
const sealPattern = /^[0-9a-f]{16}$/;
const anyDrillTable = /^[a-z0-9]{4,16}-([a-z]{2,5}(-[a-z]+)+-\d{1,2}-)?[0-9a-f]{16}$/;

/**
 * Says why tables must not be named, found or deleted by a prefix; undefined when they may.
 * > A prefix is written out, has at least 8 characters and no wildcard, and ends in a separator.
 */
export function drillPrefixFault(prefix: unknown): string | undefined {
  if (typeof prefix === 'string' && prefix.includes('${'))
    return `drillTablePrefix must be known at synth, got a token: ${describeValue(prefix)}`;
  if (typeof prefix === 'string' && prefix.startsWith(restoreTests))
    return `drillTablePrefix must not begin with ${restoreTests}, as the tables of AWS Backup's own restore testing do, got ${describeValue(prefix)}`;
  const fits = typeof prefix === 'string' && /^[a-zA-Z0-9_.-]{7,63}[_.-]$/.test(prefix);
  return fits ? undefined : `drillTablePrefix must be ${allowedPrefix}, got ${describeValue(prefix)}`;
}

/**
 * Names the table a drill restores into: `<drillTablePrefix><owner>-<16 hexadecimal digits>`, or in another Region
 * `<drillTablePrefix><owner>-<homeRegion>-<16 hexadecimal digits>`, at most 138 of the 255 characters DynamoDB allows, always the same
 * for the same drill. Throws a RangeError when a part is outside its grammar.
 */
export function formatDrillTableName({ drillTablePrefix, ...drill }: DrillTableScope & DrillIdentity): DrillTableName {
  const scope = { drillTablePrefix, owner: drill.owner, homeRegion: drill.homeRegion };
  const name = `${startOfName(scope)}${sealOfDrill(drill)}`;
  if (!isDrillTableName(name, scope)) throw new RangeError(`drill table name: ${String(scopeFault(scope))}`);
  return name;
}

/** Tells whether a name is one that `formatDrillTableName` makes for this deployment. With a prefix or owner out of grammar: never. */
export function isDrillTableName(name: string, scope: DrillTableScope): name is DrillTableName {
  if (scopeFault(scope) !== undefined) return false;
  const start = startOfName(scope);
  return name.startsWith(start) && sealPattern.test(name.slice(start.length));
}

/** What the names of all drill tables of a scope begin with. */
export function startOfName({ drillTablePrefix, owner, homeRegion }: DrillTableScope): string {
  return `${drillTablePrefix}${owner}-${homeRegion === undefined ? '' : `${homeRegion}-`}`;
}

/**
 * Tells whether a name is that of a drill table of any deployment with this prefix, whatever its owner and Region. Enough to leave the
 * table alone, never to delete it. With a prefix out of its grammar no name is.
 */
export function looksLikeDrillTable(name: string, drillTablePrefix: string): boolean {
  if (drillPrefixFault(drillTablePrefix) !== undefined || !name.startsWith(drillTablePrefix)) return false;
  return anyDrillTable.test(name.slice(drillTablePrefix.length));
}

/**
 * Names the durable execution of a drill: `<plan>-<16 hexadecimal digits>`, the digits those of its table. At most 57 of the 64
 * characters of `[a-zA-Z0-9-_]` that Lambda allows. The same drill has the same name, so a repeated start starts nothing.
 */
export function drillExecutionName(drill: DrillIdentity): string {
  if (!planPattern.test(drill.plan))
    throw new RangeError(`plan must match ${planPattern.source}, got ${describeValue(drill.plan)}`);
  return `${drill.plan}-${sealOfDrill(drill)}`;
}

function scopeFault({ drillTablePrefix, owner, homeRegion }: DrillTableScope): string | undefined {
  const fault = drillPrefixFault(drillTablePrefix);
  if (fault !== undefined) return fault;
  if (homeRegion !== undefined && !isRegionName(homeRegion))
    return `homeRegion must be the name of a Region, got ${describeValue(homeRegion)}`;
  return ownerPattern.test(owner) ? undefined : `owner must match ${ownerPattern.source}, got ${describeValue(owner)}`;
}

/** 64 bits: drills of one slot never meet, those of different slots are gone before. */
function sealOfDrill({ owner, plan, table, slot, copiesIn }: DrillIdentity): string {
  const parts = [owner, plan, table, slot.toISOString(), ...(copiesIn === undefined ? [] : [copiesIn])];
  return hash('sha256', parts.join('\n'), 'hex').slice(0, 16);
}
