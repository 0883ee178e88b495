import { isDeepStrictEqual } from 'node:util';
import { check, count, type Check } from '../check.ts';
import { away, home, recoveryTimeMinutes } from './start.ts';
import { copiesIn, endsAt, hourMs, lostFrom, lostUntil, restoredFrom, type Story } from './story.ts';

/** Checks the end of the story against the account as it stands, without any of the product's own code. */
export function checkStory(story: Story): Check[] {
  return [
    nobodyWasAsked(story),
    everyItem(story),
    everySetting(story),
    timesAreTrue(story),
    inTime(story),
    drilledBefore(story),
    caughtUp(story),
  ];
}

function nobodyWasAsked({ account, backAt }: Story): Check {
  const meanwhile = account.journal.entries().filter(({ at }) => at >= restoredFrom && at <= backAt);
  const answered = meanwhile.filter(({ region, outcome }) => region === home && outcome === 'ok');
  const away = meanwhile.filter(({ region }) => region !== home);
  const found = `${count(away.length, 'call')} to the other Region, ${answered.length} answered by ${home}`;
  return check('lost', `the restore needed nothing of ${home}`, away.length > 0 && answered.length === 0, found);
}

/** > What was written before the copied backup was taken is there, and nothing else. */
function everyItem({ there, orders, idsThere, restored }: Story): Check {
  const copy = copiesIn(there).find(({ arn }) => arn === restored.result.source.arn);
  const takenAt = copy?.backup.createdAt ?? NaN;
  const expected = orders.written.flatMap(({ id, at }) => (at <= takenAt ? [id] : [])).sort();
  const lost = orders.written.filter(({ at }) => at > takenAt && at < lostFrom).length;
  const found = `${count(idsThere.length, 'item')}; what was written after that backup is lost: ${count(lost, 'item')}`;
  return check('items', 'every item of the copied backup is back', isDeepStrictEqual(idsThere, expected), found);
}

function everySetting({ before: { settings }, settingsThere }: Story): Check {
  const names = Object.keys(settings).join(', ');
  return check('settings', 'the table has every setting it had', isDeepStrictEqual(settingsThere, settings), names);
}

function timesAreTrue({ there, restored: { result } }: Story): Check {
  const job = there.backup.restoreJobs.all.find(({ id }) => id === result.restoreJob);
  const seconds = job?.completedAt === undefined ? NaN : (job.completedAt - job.createdAt) / 1000;
  const { atLeastSeconds, atMostSeconds } = result.times.restore ?? {};
  const holds = atLeastSeconds === seconds && atMostSeconds === seconds;
  return check('timing', 'the restore was timed as AWS Backup dates its job, without an error', holds, `${seconds} s`);
}

function inTime({ restored: { result } }: Story): Check {
  const { totalSeconds } = result.times;
  const found = `${totalSeconds.toFixed(1)} s of ${recoveryTimeMinutes} min`;
  return check('objective', 'the table was back within the objective', totalSeconds <= recoveryTimeMinutes * 60, found);
}

/** > What was done in earnest had been rehearsed, in the same Region and by the same means. */
function drilledBefore({ there }: Story): Check {
  const drills = there.backup.restoreJobs.all.filter(({ createdAt }) => createdAt < lostFrom);
  const seconds = drills.map(({ createdAt, completedAt = NaN }) => (completedAt - createdAt) / 1000);
  const found = `${count(drills.length, 'drill')} of copies, restored in ${seconds.map((each) => `${each} s`).join(' and ')}`;
  return check(
    'drilled',
    `copies had been drilled in ${away}`,
    drills.length >= 2 && seconds.every(Number.isFinite),
    found,
  );
}

/** > Copies are made again, of every slot but those of the lost hour. */
function caughtUp({ there }: Story): Check {
  const taken = new Set(copiesIn(there).map(({ backup }) => Math.floor(backup.createdAt / hourMs)));
  const hours = Array.from(
    { length: (endsAt - lostUntil) / hourMs - 1 },
    (_, nth) => Math.ceil(lostUntil / hourMs) + nth,
  );
  const missing = hours.filter((hour) => !taken.has(hour));
  const found = `${hours.length - missing.length} of ${hours.length} hours since have a copy`;
  return check('caught-up', 'copies are made again once the Region is back', missing.length === 0, found);
}
