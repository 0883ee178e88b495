import { Command, InvalidArgumentError } from 'commander';
import { hashOfPlan } from '../lambda/domain/plan-hash.ts';
import { connect, withConnection, type ConnectionOptions } from './connection.ts';
import { readPlanFile } from './plan-file.ts';

interface Options extends ConnectionOptions {
  readonly plan: string;
  readonly deletions: number;
  readonly hours: number;
}

/** `ddb-backups allow-deletions`: lifts the deletion cap, or a shrunken listing, for one prune run of one version of a plan. */
export function allowDeletionsCommand(): Command {
  return withConnection(new Command('allow-deletions'))
    .description('Let one prune run of exactly this version of a plan delete more than its deletion cap.')
    .requiredOption('--plan <file>', 'the plan as its schedule carries it, in JSON')
    .requiredOption('--deletions <n>', 'how many backups may go at most', wholeNumber)
    .option('--hours <n>', 'how long the permission lasts', wholeNumber, 24)
    .action(async (options: Options) => {
      const plan = readPlanFile(options.plan);
      const validUntil = new Date(Date.now() + options.hours * 3_600_000);
      await connect(options).ledger.allowDeletions(plan.name, hashOfPlan(plan), options.deletions, validUntil);
      console.log(
        `plan ${plan.name} may delete ${options.deletions} backups in one run until ${validUntil.toISOString()}`,
      );
    });
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('must be a whole number of at least 1.');
  return Number(text);
}
