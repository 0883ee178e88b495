import type { SandboxAccount } from '../sandbox/account.ts';

/** A slot so shortly before the end may still be waiting for its backup. */
const underWayMs = 10 * 60_000;

/** When the backups of a plan were due from one instant to before another, as the sandbox's Scheduler reads the plan's schedule. */
export function dueSlots({ schedules }: SandboxAccount, plan: string, from: number, until: number): number[] {
  const timing = schedules.all.find(({ name }) => name === `${plan}-backup`)?.timing;
  const slots: number[] = [];
  for (let at = timing?.next(from - 1); at !== undefined && at < until - underWayMs; at = timing?.next(at))
    slots.push(at);
  return slots;
}
