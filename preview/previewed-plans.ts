import { parsePlan } from '../lambda/domain/parse-plan.ts';
import type { Plan, PlanInput } from '../lambda/domain/plan.ts';

const names = [
  'orders',
  'customers',
  'archive',
  'sessions',
  'invoices',
  'inventory',
  'shipping',
  'search',
  'payments',
  'audit',
];

/** The promises the plans of a preview make, in turn: hourly, nightly, no objective, no drills. */
const promises: readonly Omit<PlanInput, 'name' | 'tables' | 'keep'>[] = [
  {
    backup: { schedule: 'cron(0 * * * ? *)' },
    objectives: { recoveryPoint: 'PT2H', recoveryTime: 'PT1H' },
    drill: { schedule: 'cron(0 5 ? * SUN *)' },
  },
  {
    backup: { schedule: 'cron(0 3 * * ? *)' },
    objectives: { recoveryPoint: 'PT26H', recoveryTime: 'PT2H' },
    drill: { schedule: 'cron(0 6 ? * SAT *)' },
  },
  { backup: { schedule: 'cron(0 4 * * ? *)' }, drill: { schedule: 'cron(0 6 ? * SAT *)' } },
  { backup: { schedule: 'cron(0 * * * ? *)' }, objectives: { recoveryPoint: 'PT2H', recoveryTime: 'PT4H' } },
];

/** So many made-up plans, to see how a dashboard reads. */
export function previewedPlans(count: number): Plan[] {
  return Array.from({ length: count }, (_, index) => {
    const round = Math.floor(index / names.length);
    const name = `${names[index % names.length]}${round === 0 ? '' : `-${round + 1}`}`;
    return planOf({
      name,
      tables: { named: [name], matching: [`${name}-*`] },
      keep: { hourly: 24, daily: 7, weekly: 5, monthly: 12 },
      ...(promises[index % promises.length] ?? { backup: { schedule: 'rate(1 day)' } }),
    });
  });
}

function planOf(input: PlanInput): Plan {
  const parsed = parsePlan(input);
  if (!parsed.ok) throw new Error(parsed.faults.map(({ path, message }) => `${path} ${message}`).join('\n'));
  return parsed.plan;
}
