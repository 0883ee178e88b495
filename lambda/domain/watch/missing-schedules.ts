import { isFollowed } from '../followed-engines.ts';
import type { Plan } from '../plan.ts';
import type { WatchedSchedule } from './watched-table.ts';

/** Tells how many of the schedules that a plan needs are switched off or gone. */
export function countMissingSchedules(wanted: readonly string[], found: ReadonlyMap<string, WatchedSchedule>): number {
  return wanted.filter((name) => !found.get(name)?.isEnabled).length;
}

/** The jobs that need a schedule for a plan to be kept. */
export function scheduledJobs({ backup, drill }: Plan): readonly ('backup' | 'prune' | 'follow' | 'drill-start')[] {
  return [
    'backup',
    'prune',
    ...(isFollowed(backup.engine) ? (['follow'] as const) : []),
    ...(drill ? (['drill-start'] as const) : []),
  ];
}
