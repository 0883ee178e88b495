import type { SandboxAccount } from '../../sandbox/account.ts';
import type { Fault } from '../../sandbox/faults.ts';

/** The process dies at the nth API call of a durable execution, counted over all its invocations: before the call takes effect, or after. */
export interface CrashPoint {
  readonly nth: number;
  readonly when: 'before' | 'after';
}

const sides = ['before', 'after'] as const;

function pointsFrom(first: number, last: number): CrashPoint[] {
  const numbers = Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  return numbers.flatMap((nth) => sides.map((when) => ({ nth, when })));
}

/** One crash each: before and after every call of an execution that makes so many when nothing goes wrong. */
export function singleCrashes(calls: number): CrashPoint[][] {
  return pointsFrom(1, calls).map((point) => [point]);
}

/** Two crashes each: after the first, one at each of the next `reach` calls. */
export function doubleCrashes(calls: number, reach: number): CrashPoint[][] {
  return pointsFrom(1, calls).flatMap((first) =>
    pointsFrom(first.nth + 1, first.nth + reach).map((second) => [first, second]),
  );
}

/** How many API calls an execution made. Calls that a crash kept from taking effect are not among them. */
export function callsOf(account: SandboxAccount, execution: string): number {
  return account.journal.entries({ executionName: execution }).length;
}

/** Plans crashes of an execution. The faults tell by `hits` whether they struck. */
export function crash(account: SandboxAccount, execution: string, points: readonly CrashPoint[]): Fault[] {
  return points.map(({ nth, when }) =>
    account.faults.add({ match: { execution, nth }, effect: { kind: 'crash', when } }),
  );
}

/**
 * Every `stride`th of the cases, the first among them, so that the tests stay quick; all of them with `CRASHES=all`. An odd stride takes the
 * crashes before and after a call in turn.
 */
export function sampled<Case>(cases: readonly Case[], stride: number): readonly Case[] {
  return process.env.CRASHES === 'all' ? cases : cases.filter((_, nth) => nth % stride === 0);
}
