import { alarmMails, alerts, type AlarmMail, type Alert } from './alarm-mails.ts';
import { hourMs } from './incidents.ts';
import type { Life } from './life.ts';
import { troublesOf, type Trouble } from './troubles.ts';

/** How somebody heard of a trouble, and when all was well again. */
export interface Course {
  readonly trouble: Trouble;
  /** The first alarm that was raised for it. */
  readonly first: Alert | undefined;
  /** Alarms that were raised later, each once. */
  readonly joined: readonly string[];
  readonly calls: readonly AlarmMail[];
  /** When the last of its alarms was over; undefined while one lasts, or when none was raised. */
  readonly wellAt: number | undefined;
}

export interface Timeline {
  readonly courses: readonly Course[];
  /** Mails that no trouble explains. */
  readonly unexplained: readonly AlarmMail[];
}

const usualAftermathHours = 3;

/** What happened, and what was heard of it: from the inbox and the history of the account's alarms alone. */
export function timelineOf(life: Life): Timeline {
  const raised = alerts(life.account);
  const troubles = troublesOf(life, raised).sort((one, other) => one.from - other.from);
  const mails = alarmMails(life.account);
  const calls = mails.filter(({ state }) => state === 'ALARM');
  const causeOf = (alarm: string, at: number) => troubles.findLast((trouble) => explains(trouble, alarm, at));
  return {
    courses: troubles.map((trouble) => {
      const own = raised.filter(({ alarm, from }) => causeOf(alarm, from) === trouble);
      const heard = calls.filter(({ about, at }) => causeOf(about, at) === trouble);
      return courseOf(trouble, own, heard);
    }),
    unexplained: [...calls.filter(({ about, at }) => !causeOf(about, at)), ...endsWithoutCall(mails, troubles)],
  };
}

function courseOf(trouble: Trouble, [first, ...later]: readonly Alert[], calls: readonly AlarmMail[]): Course {
  const ends = first ? [first, ...later].map(({ until }) => until ?? Infinity) : [];
  const wellAt = Math.max(...ends);
  return {
    trouble,
    first,
    joined: [...new Set(later.map(({ alarm }) => alarm))].filter((alarm) => alarm !== first?.alarm),
    calls,
    wellAt: Number.isFinite(wellAt) ? wellAt : undefined,
  };
}

function explains(trouble: Trouble, alarm: string, at: number): boolean {
  const { shows, mayShow = [] } = trouble.alarms;
  return [...shows, ...mayShow].includes(alarm) && isDuring(trouble, at);
}

function isDuring({ from, until, alarms }: Trouble, at: number): boolean {
  return at >= from && at < until + (alarms.aftermathHours ?? usualAftermathHours) * hourMs;
}

/** That all is well is said after a call, once when an alarm has seen anything at all, and after what was suppressed. */
function endsWithoutCall(mails: readonly AlarmMail[], troubles: readonly Trouble[]): AlarmMail[] {
  return mails.filter(({ alarm, at, state, stateBefore }, nth) => {
    if (state === 'ALARM' || stateBefore === 'INSUFFICIENT_DATA') return false;
    if (mails.slice(0, nth).findLast((before) => before.alarm === alarm)?.state === 'ALARM') return false;
    return !troubles.some((trouble) => trouble.alarms.mayEnd?.includes(alarm) && isDuring(trouble, at));
  });
}
