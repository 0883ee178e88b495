import type { Timing } from '../sandbox/scheduler/timing.ts';
import type { SandboxAccount } from '../sandbox/account.ts';

/** A job of a plan that has a schedule of its own. */
export type Job = 'backup' | 'prune' | 'drill-start' | 'summary';

/** A slot so shortly before the end may still be waiting for its backup, its deletions, its drill or its summary. */
const underWayMs: Readonly<Record<Job, number>> = {
  backup: 10 * 60_000,
  prune: 10 * 60_000,
  'drill-start': 3_600_000,
  summary: 10 * 60_000,
};

/** When a job of a plan was due from one instant to before another, as the sandbox's Scheduler reads the plan's schedule. */
export function dueSlots(
  account: SandboxAccount,
  plan: string,
  from: number,
  until: number,
  job: Job = 'backup',
): number[] {
  const timing = timingOf(account, plan, job);
  const slots: number[] = [];
  for (let at = timing?.next(from - 1); at !== undefined && at < until - underWayMs[job]; at = timing?.next(at))
    slots.push(at);
  return slots;
}

/** When a job of a plan is started. */
export function timingOf({ schedules }: SandboxAccount, plan: string, job: Job): Timing | undefined {
  return schedules.all.find(({ name }) => name === `${plan}-${job}`)?.timing;
}
