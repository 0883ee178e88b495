import type { Fault } from './faults.ts';
import { faultAt, mustBe } from './faults.ts';
import { exampleName } from './glob-overlap.ts';
import type { Plan } from './plan.ts';
import { coversName } from './selection.ts';

/**
 * Finds plans that certainly cover one table.
 * > Two plans of one engine that cover one table must keep the same, and no two promise different windows of point-in-time recovery.
 * With other keep rules or copies it is an error, with the same ones a warning: the table is backed up and paid for twice. A table
 * counts as covered by both when a name or a glob of each fits it and no exception of either does, whether or not it exists; what
 * plans select by tag is known only at run time.
 */
export function overlapFaults(plans: readonly Plan[]): { errors: Fault[]; warnings: Fault[] } {
  const overlaps = plans.flatMap((one, i) => plans.slice(i + 1).flatMap((other) => overlapOf(one, other)));
  return {
    errors: overlaps.filter(({ isContradiction }) => isContradiction).map(({ fault }) => fault),
    warnings: overlaps.filter(({ isContradiction }) => !isContradiction).map(({ fault }) => fault),
  };
}

function overlapOf(one: Plan, other: Plan): Overlap[] {
  const table = commonTable(one, other);
  if (table === undefined) return [];
  const found = `a table such as ${table}, which plan ${one.name} covers`;
  return [...retentionFaults([one, other], table, found), ...windowFaults([one, other], table)];
}

interface Overlap {
  readonly isContradiction: boolean;
  readonly fault: Fault;
}

/** > Backups of another engine are other backups: what keeps them contradicts nothing. */
function retentionFaults([one, other]: readonly [Plan, Plan], table: string, found: string): Overlap[] {
  if (one.backup.engine !== other.backup.engine) return [];
  const isContradiction = retentionOf(one) !== retentionOf(other);
  const text = isContradiction
    ? `must not cover ${found} with other retention: except it from one of them`
    : `covers ${found} too: it is backed up and paid for twice`;
  const allowed = 'tables of which no other plan keeps other backups';
  return [{ isContradiction, fault: faultAt(['plans', other.name, 'tables'], { value: table, allowed }, text) }];
}

/** Each would put right, or report for ever, what the other wants. */
function windowFaults([one, other]: readonly [Plan, Plan], table: string): Overlap[] {
  const [wanted, given] = [one.pointInTimeRecovery?.days, other.pointInTimeRecovery?.days];
  if (wanted === undefined || given === undefined || wanted === given) return [];
  const allowed = `must be ${wanted}, as in plan ${one.name}, for both cover a table such as ${table}`;
  const path = ['plans', other.name, 'pointInTimeRecovery', 'days'];
  return [{ isContradiction: true, fault: mustBe(path, allowed, given) }];
}

function commonTable(one: Plan, other: Plan): string | undefined {
  const named = [one, other].flatMap(({ tables }) => tables.named ?? []);
  const both = named.find((name) => [one, other].every(({ tables }) => coversName(tables, name) === 'covered'));
  return both ?? commonGlobbed(one, other);
}

function commonGlobbed({ tables: one }: Plan, { tables: other }: Plan): string | undefined {
  const noneOf = [one, other].flatMap(({ except }) => except ?? []);
  const pairs = (one.matching ?? []).flatMap((a) => (other.matching ?? []).map((b) => [a, b]));
  for (const allOf of pairs) {
    const example = exampleName({ allOf, noneOf });
    if (example !== undefined) return example;
  }
  return undefined;
}

function retentionOf({ keep, minimumCopies }: Plan): string {
  const rules = Object.entries(keep).filter(([, rule]) => rule !== undefined);
  return JSON.stringify([rules.sort(([a], [b]) => a.localeCompare(b)), minimumCopies]);
}
