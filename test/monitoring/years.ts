import { Command, InvalidArgumentError } from 'commander';
import { liveHealthily } from './healthy-life.ts';

/** Lives years in which nothing breaks, each seed its part of them, and fails when anything alarms. It takes an hour for ten years. */
const wholeNumber = (text: string): number => {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number of at least 1.');
};
const { years, seeds, first } = new Command('npm run years --')
  .option('--years <n>', 'how many years in all', wholeNumber, 10)
  .option('--seeds <n>', 'with how many seeds', wholeNumber, 20)
  .option('--first <n>', 'the first seed', wholeNumber, 1)
  .parse()
  .opts<{ years: number; seeds: number; first: number }>();

const days = Math.ceil((years * 365) / seeds);
let lived = 0;
let heard = 0;
for (let seed = first; seed < first + seeds; seed++) {
  const { alarmed, calls, backups } = await liveHealthily(seed, days);
  lived += days;
  heard += alarmed.length + calls.length;
  console.log(`seed ${seed}: ${days} days, ${alarmed.length} alarms, ${calls.length} calls, ${backups} backups kept`);
  for (const what of [...alarmed, ...calls]) console.log(`  ${what}`);
}
console.log(`${lived} days, ${seeds} seeds: ${heard} alarms and calls`);
process.exitCode = heard === 0 ? 0 : 1;
