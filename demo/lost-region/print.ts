import type { Check } from '../check.ts';
import { item } from '../layout.ts';
import { away, home, startAt } from './start.ts';
import { lostFrom, lostUntil, restoredFrom, type Story } from './story.ts';

const narrowest = 80;

/** The story as a person reads it. */
export function printStory({ before, restored }: Story, checks: readonly Check[], columns: number): string {
  const width = Math.max(narrowest, Math.min(columns, 120));
  const { backups, copies, drills } = before;
  return [
    `A Region is lost: the table orders is backed up every hour by both engines, and copied from ${home} to ${away}.`,
    '',
    line(startAt.getTime(), 'the plan is deployed'),
    line(lostFrom, `${home} answers nobody. By then ${backups} backups of DynamoDB and ${copies} copies are kept;`),
    line(
      undefined,
      `drills restored recovery points ${drills.home} times there, and copies ${drills.away} times in ${away}`,
    ),
    line(restoredFrom, `somebody restores the table in ${away}:`),
    '',
    indented(restored.command),
    '',
    indented(restored.survey),
    '',
    indented(restored.text),
    '',
    line(lostUntil, `${home} answers again`),
    '',
    'Checked against the account, by none of our own code',
    ...checks.flatMap(({ holds, promise, found }) => item(holds, promise, found, width)),
  ].join('\n');
}

function line(at: number | undefined, what: string): string {
  const when = at === undefined ? '' : `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')}Z`;
  return `${when.padEnd(18)} ${what}`;
}

function indented(text: string): string {
  return text.replaceAll(/^/gm, '    ');
}
