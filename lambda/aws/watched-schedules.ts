import { paginateListSchedules, type ScheduleSummary, type SchedulerClient } from '@aws-sdk/client-scheduler';
import type { WatchedSchedule } from '../domain/watch/watched-table.ts';
import type { Schedules } from '../jobs/watch/ports.ts';
import { failureOf } from './failures.ts';

/** Reads the schedules of a group, page by page. */
export function watchedSchedules(client: SchedulerClient): Schedules {
  return {
    async inGroup(group) {
      const schedules = new Map<string, WatchedSchedule>();
      try {
        for await (const page of paginateListSchedules({ client, stopOnSameToken: true }, { GroupName: group })) {
          for (const schedule of page.Schedules ?? []) schedules.set(schedule.Name ?? '', watched(schedule));
        }
        return schedules;
      } catch (error) {
        if (failureOf(error).kind === 'missing') return new Map();
        throw error;
      }
    },
  };
}

function watched({ Name = '', State, CreationDate, LastModificationDate }: ScheduleSummary): WatchedSchedule {
  return { name: Name, isEnabled: State === 'ENABLED', createdAt: CreationDate, changedAt: LastModificationDate };
}
