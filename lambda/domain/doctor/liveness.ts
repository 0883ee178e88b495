import { spokenCount, spokenDuration } from '../summary/spoken.ts';
import { secondsBetween } from '../watch/gauge.ts';
import type { WatchedSchedule } from '../watch/watched-table.ts';
import { runbook, type Finding } from './finding.ts';

/** > `watch` looks every 15 minutes; one that has not seen everything for three quarters of an hour is silent. */
const longestWatchSilenceSeconds = 45 * 60;

/** > Every schedule of the deployment is there and switched on, those nobody expected as well. */
export function scheduleFindings(
  expected: readonly string[],
  found: ReadonlyMap<string, WatchedSchedule>,
): readonly Finding[] {
  const gone = expected.filter((name) => !found.has(name)).map((name) => `schedule ${name} is gone`);
  const off = [...found.values()].flatMap(({ name, isEnabled }) =>
    isEnabled ? [] : [`schedule ${name} is switched off`],
  );
  if (gone.length + off.length === 0)
    return [
      { state: 'fine', about: 'schedules', says: `${spokenCount(found.size, 'schedule')}, all of them switched on` },
    ];
  const remedy = `deploy again; ${runbook('schedule-missing')}`;
  return [...gone, ...off].map((says) => ({ state: 'wrong', about: 'schedules', says, remedy }));
}

/** How long ago `watch` last saw everything; undefined for never within a day. */
export function heartbeatFinding(lastAt: Date | undefined, now: Date): Finding {
  const about = 'watch';
  const remedy = runbook('watch-silent');
  if (!lastAt) return { state: 'wrong', about, says: 'watch has not seen everything for a day', remedy };
  const seconds = secondsBetween(lastAt, now);
  const says = `watch last saw everything ${spokenDuration(seconds)} ago`;
  return seconds > longestWatchSilenceSeconds
    ? { state: 'wrong', about, says, remedy }
    : { state: 'fine', about, says };
}

/** When one job of a plan last did its work, and how long it may be silent. */
export interface JobRun {
  readonly job: 'backup' | 'prune';
  readonly plan: string;
  readonly lastAt: Date | undefined;
  /** As the alarm of its silence has it; undefined where nothing is promised. */
  readonly longestSeconds: number | undefined;
}

/** > A job that never ran is wrong, too: a plan is deployed to be kept. */
export function runFinding({ job, plan, lastAt, longestSeconds = Infinity }: JobRun, now: Date): Finding {
  const about = 'runs';
  const remedy = runbook(job === 'backup' ? 'scheduler-silent' : 'pruner-silent');
  if (!lastAt) return { state: 'wrong', about, says: `${job} never ran for plan ${plan}`, remedy };
  const seconds = secondsBetween(lastAt, now);
  const says = `${job} last ran for plan ${plan} ${spokenDuration(seconds)} ago`;
  if (seconds <= longestSeconds) return { state: 'fine', about, says };
  return { state: 'wrong', about, says: `${says}, more than ${spokenDuration(longestSeconds)}`, remedy };
}
