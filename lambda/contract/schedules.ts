/** The schedule groups of a deployment. A group's name claims the owner id, and is where `watch` looks whether its schedules are on. */
export const scheduleGroupName = {
  backup: (owner: string): string => `dynamodb-backups-${owner}`,
  drill: (owner: string): string => `dynamodb-drills-${owner}`,
  monitoring: (owner: string): string => `dynamodb-monitoring-${owner}`,
} as const;

/** The name of a job's schedule for one plan, or for `allPlans`. */
export function scheduleName(plan: string, job: string): string {
  return `${plan}-${job}`;
}

/** What stands in a schedule's name for the plan where one schedule is for all of them. */
export const allPlans = 'all';

/** How often `watch` looks. */
export const watchEveryMinutes = 15;
