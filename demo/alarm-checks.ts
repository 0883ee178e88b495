import { alarmMails } from './alarm-mails.ts';
import { check, count, type Check } from './check.ts';
import type { Life } from './life.ts';
import { dueSlots } from './slots.ts';
import { onCallAddress } from './start.ts';
import { timelineOf } from './timeline.ts';

/** Holds what the person on call read against what really happened. */
export function alarmChecks(life: Life): Check[] {
  return [noFalseAlarm(life), everyTroubleShows(life), everyWeekSummedUp(life)];
}

function noFalseAlarm(life: Life): Check {
  const { unexplained } = timelineOf(life);
  const first = unexplained.slice(0, 3).map(({ about, at }) => `, ${about} at ${new Date(at).toISOString()}`);
  return check(
    'no-false-alarm',
    'nobody was called without an incident',
    unexplained.length === 0,
    `Alarms without an incident: ${unexplained.length} of ${count(alarmMails(life.account).length, 'mail')}${first.join('')}`,
  );
}

function everyTroubleShows(life: Life): Check {
  const due = timelineOf(life).courses.filter(({ trouble }) => trouble.alarms.shows.length > 0);
  const hidden = due.filter(({ first, trouble }) => !first || !trouble.alarms.shows.includes(first.alarm));
  return check(
    'every-incident-shows',
    'every incident that broke a promise raised the alarm of that promise first',
    hidden.length === 0,
    `${due.length - hidden.length} of ${count(due.length, 'incident')}${hidden.map(({ trouble }) => `, not ${trouble.id}`).join('')}`,
  );
}

/** Beside alarms there is one mail a week, and the one that asks for the subscription to be confirmed. */
function everyWeekSummedUp({ account, startedAt, endsAt }: Life): Check {
  const due = dueSlots(account, 'all', startedAt, endsAt, 'summary');
  const others = account.inbox.messages(onCallAddress).length - alarmMails(account).length - 1;
  return check(
    'every-week',
    'every Monday brought a summary',
    others === due.length,
    `${others} of ${due.length} summaries`,
  );
}
