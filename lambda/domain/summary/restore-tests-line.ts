import { hasFailed, type RestoreTest } from '../restore-test.ts';
import { restoreTestDays, type ReadPlan } from './facts.ts';
import { spokenCount, spokenDuration } from './spoken.ts';

/**
 * What AWS Backup's own restore testing made of the tables of a plan: the newest restore, how long it took and what came of validating it, and how many
 * there were. Nothing where there were none.
 */
export function restoreTestsLine({ restoreTests }: ReadPlan, until: Date): string[] {
  if (restoreTests === 'unreadable') return ['Restore testing of AWS Backup: could not be read'];
  const newestFirst = (restoreTests ?? []).toSorted(
    (one, other) => other.startedAt.getTime() - one.startedAt.getTime(),
  );
  const [last] = newestFirst;
  if (!last) return [];
  const failed = newestFirst.filter(hasFailed).length;
  const news = [
    [outcomeOf(last, until), ...validationOf(last)].join(', '),
    `${spokenCount(newestFirst.length, 'restore')} in ${restoreTestDays} days, ${failed} failed`,
  ];
  return [`Restore testing of AWS Backup: ${news.join('; ')}`];
}

function outcomeOf({ table, startedAt, endedAt, isRestored }: RestoreTest, until: Date): string {
  if (!endedAt) return `${table} being restored for ${between(startedAt, until)}`;
  const [ago, took] = [between(endedAt, until), between(startedAt, endedAt)];
  return isRestored ? `${table} restored ${ago} ago in ${took}` : `restore of ${table} failed ${ago} ago after ${took}`;
}

function between(earlier: Date, later: Date): string {
  return spokenDuration((later.getTime() - earlier.getTime()) / 1000);
}

function validationOf({ isRestored, validation }: RestoreTest): string[] {
  if (!isRestored) return [];
  return [validation ? `validation ${validation.replace('-', ' ')}` : 'not validated'];
}
