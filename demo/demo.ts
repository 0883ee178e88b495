import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { cacheFolder } from './cache-folder.ts';
import type { Measured } from './print-summary.ts';
import { Progress } from './progress.ts';
import { synthesize } from './synthesize.ts';

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

/** The sandbox is imported below, in code that was compiled before. */
enableCompileCache(join(cacheFolder, 'compiled'));

/** Months of rows are kept in slices of Node's shared buffers, and a slice keeps its whole buffer: smaller ones hold half the memory. */
Buffer.poolSize = 8192;

const options = new Command('npm run demo --')
  .description('Lives through 90 days of scheduled backups in a sandbox account, incidents included, and sums them up.')
  .option('--days <n>', 'how many days to live', wholeNumber(1, 366), 90)
  .option('--seed <n>', 'the same seed gives the same story', wholeNumber(0, Number.MAX_SAFE_INTEGER), 1)
  .option('--json', 'print the summary as one JSON document')
  .allowExcessArguments(false)
  .parse()
  .opts<{ days: number; seed: number; json?: boolean }>();

const progress = new Progress(process.stderr, options.days);
progress.say('synthesizing the app …');
const synthesized = synthesize();
// That is another process's work: the sandbox is loaded meanwhile.
const [{ Life }, { summaryOf }, { printSummary }] = await Promise.all([
  import('./life.ts'),
  import('./summary.ts'),
  import('./print-summary.ts'),
]);
await using assembly = await synthesized;
const life = await Life.live({
  ...options,
  assembly: assembly.folder,
  onDay: (day, { witness, account }) => {
    const { taken, deleted } = witness;
    progress.day(day, `${account.now.toISOString().slice(0, 10)} · ${taken} backups taken, ${deleted} deleted`);
  },
});
progress.end();

const summary = summaryOf(life);
const measured = measure();
const text = options.json
  ? JSON.stringify({ seed: options.seed, ...summary, measured }, undefined, 2)
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
