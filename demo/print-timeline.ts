import { duration, wrap } from './layout.ts';
import type { IncidentSummary, Summary } from './summary.ts';

/** Each incident with the alarm that showed it, the call, and its end. */
export function printTimeline({ timeline }: Summary, width: number): string[] {
  return timeline.flatMap((incident) => [
    wrap(`  ${minuteOf(incident.at)}  ${incident.title}`, width, 20),
    wrap(`    ${courseOf(incident).join('; ')}`, width, 4),
  ]);
}

function courseOf({ firstAlarm, joined, calls, calledAt, wellAgain, at }: IncidentSummary): string[] {
  if (!firstAlarm) return ['broke no promise: nobody was called'];
  const called =
    calledAt === null
      ? 'nobody was called anew, for its plan was in ALARM already'
      : `called after ${since(at, calledAt)}`;
  return [
    `${firstAlarm.alarm} after ${duration(firstAlarm.afterSeconds)}`,
    `${called}${calls > 1 ? `, ${calls} times in all` : ''}`,
    ...(joined.length > 0 ? [`later ${joined.join(', ')}`] : []),
    wellAgain ? `well again after ${duration(wellAgain.afterSeconds)}` : 'not yet well again',
  ];
}

function since(from: string, until: string): string {
  return duration((Date.parse(until) - Date.parse(from)) / 1000);
}

function minuteOf(instant: string): string {
  return instant.slice(0, 16).replace('T', ' ');
}
