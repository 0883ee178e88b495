import { systemTiming as timing } from '../../lambda/aws/system-timing.ts';
import type { RestoreResult } from '../../lambda/jobs/restore/restore-result.ts';
import { restoreTable } from '../../lambda/jobs/restore/restore-table.ts';
import { shellDurable } from '../../lambda/jobs/restore/shell-durable.ts';
import { surveyRestore } from '../../lambda/jobs/restore/survey.ts';
import { readWish, type RestoreOptions } from '../../cli/restore-options.ts';
import { restorePorts } from '../../cli/restore-ports.ts';
import { resultAsText, surveyAsText } from '../../cli/restore-text.ts';

/** What the command printed before and after, and what became of the restore. */
export interface Restored {
  readonly survey: string;
  readonly text: string;
  readonly result: RestoreResult;
}

/** What `ddb-backups restore --execute` does, for a sandbox account to run in a process of its own, whose clock is the account's. */
export async function handler(options: RestoreOptions & { readonly region: string }): Promise<Restored> {
  const read = readWish(options);
  if ('faults' in read) throw new Error(read.faults.join('\n'));
  const wish = { ...read.wish, region: options.region };
  const ports = restorePorts(options, options.region, console);
  const survey = await surveyRestore(wish, ports);
  if (!survey.chosen) throw new Error(surveyAsText(survey, wish));
  const durable = shellDurable({ executionId: 'by-hand', timing, tell: () => undefined });
  const result = await restoreTable(wish, survey.chosen, durable, ports);
  return { survey: surveyAsText(survey, wish), text: resultAsText(result), result };
}
