import { Command, InvalidArgumentError } from 'commander';
import { merge } from './merge.ts';
import { printSummary, type Measured } from './print-summary.ts';
import { Progress } from './progress.ts';
import { onCall, year } from './stories.ts';
import { synthesize } from './synthesize.ts';
import { Tellers } from './tell.ts';

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

const { onCall: isOnCall, ...options } = new Command('npm run demo --')
  .description('Lives through scheduled backups in a sandbox account, incidents included, and sums them up.')
  .option('--on-call', 'three months with watch, alarms and somebody who is called, instead of a year of backups')
  .option('--days <n>', 'how many days to live: 365, or 90 with --on-call', wholeNumber(1, 366))
  .option('--seed <n>', 'the same seed gives the same story', wholeNumber(0, Number.MAX_SAFE_INTEGER), 1)
  .option('--json', 'print the summary as one JSON document')
  .allowExcessArguments(false)
  .parse()
  .opts<{ onCall?: boolean; days?: number; seed: number; json?: boolean }>();

const { app, stories, days: usualDays } = isOnCall ? onCall : year;
const { seed, days = usualDays } = options;
const progress = new Progress(process.stderr, days);
progress.say('synthesizing the app …');
const synthesizing = synthesize(app);
await using tellers = new Tellers(stories);
await using assembly = await synthesizing;
const summaries = await tellers.tell({
  assembly: assembly.folder,
  days,
  seed,
  onDay: ({ day, date, taken, deleted }) => {
    progress.day(day, `${date} · ${taken} backups taken, ${deleted} deleted`);
  },
});
progress.end();

const summary = merge(summaries, stories);
const measured = measure();
const text = options.json
  ? JSON.stringify({ seed, ...summary, measured }, undefined, 2)
  : printSummary(summary, measured, process.stdout.columns);
process.stdout.write(`${text}\n`);
const kept = summary.checks.every(({ holds }) => holds) && summary.faults.every(({ survived }) => survived);
process.exitCode = kept ? 0 : 1;

/** The one part of the output that differs from run to run. */
function measure(): Measured {
  const { user, system } = process.cpuUsage();
  return {
    wallSeconds: performance.now() / 1000,
    cpuSeconds: (user + system) / 1e6,
    memoryMb: process.resourceUsage().maxRSS / 1024,
  };
}
