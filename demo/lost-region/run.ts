import { Command, InvalidArgumentError } from 'commander';
import { synthesize } from '../synthesize.ts';
import { checkStory } from './checks.ts';
import { printStory } from './print.ts';
import { liveThrough } from './story.ts';

const options = new Command('npm run demo:lost-region --')
  .description('Loses a Region for an hour, and restores its table from a copy in another one, in a sandbox account.')
  .option('--seed <n>', 'the same seed gives the same story', wholeNumber, 1)
  .option('--json', 'print what became of it as one JSON document')
  .allowExcessArguments(false)
  .parse()
  .opts<{ seed: number; json?: boolean }>();

const say = (what: string): void => void process.stderr.write(process.stderr.isTTY ? `\r\u001b[K${what}` : '');

say('synthesizing the app …');
await using assembly = await synthesize('demo/lost-region/app.ts');
const story = await liveThrough(assembly.folder, options.seed, say);
say('');
const checks = checkStory(story);
const { restored, settingsThere } = story;
console.log(
  options.json
    ? JSON.stringify({ seed: options.seed, result: restored.result, settings: settingsThere, checks }, undefined, 2)
    : printStory(story, checks, process.stdout.columns),
);
process.exitCode = checks.every(({ holds }) => holds) ? 0 : 1;

function wholeNumber(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number of at most nine digits.');
}
