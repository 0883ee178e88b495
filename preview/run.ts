import { Command, InvalidArgumentError } from 'commander';
import { installedChromium } from './chromium.ts';
import { preview } from './preview.ts';

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

function instant(text: string): Date {
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) throw new InvalidArgumentError('It must be an instant such as 2026-11-26T08:00:00Z.');
  return at;
}

function choice(text: string, before: Readonly<Record<string, string>>): Record<string, string> {
  const [, id, value] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (id === undefined || value === undefined)
    throw new InvalidArgumentError('It must be a choice such as plan=orders.');
  return { ...before, [id]: value };
}

const { choose, ...options } = new Command('npm run dashboard:preview --')
  .description('Draws the dashboard as it would be deployed, with made-up metrics or those of a file, to HTML and PNG.')
  .option('--plans <n>', 'how many plans to make up', wholeNumber(1, 50), 1)
  .option('--tables <n>', 'how many tables to make up', wholeNumber(1, 1000), 3)
  .option('--assembly <folder>', 'draw the dashboards of this cloud assembly, such as cdk.out')
  .option('--metrics <file>', 'draw these metrics: JSON, as docs/dashboard.md says')
  .option('--choose <id=value>', 'choose a value of a variable; repeatable', choice, {})
  .option('--now <instant>', 'when the picture is of', instant, new Date('2026-11-26T08:00:00Z'))
  .option('--out <folder>', 'where HTML and PNG go', '.cache/dashboard')
  .allowExcessArguments(false)
  .parse()
  .opts<{
    plans: number;
    tables: number;
    assembly?: string;
    metrics?: string;
    choose: Record<string, string>;
    now: Date;
    out: string;
  }>();

await preview({ ...options, chosen: choose, browser: installedChromium() }, (line) => {
  process.stdout.write(`${line}\n`);
});
