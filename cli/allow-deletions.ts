import { Command, InvalidArgumentError } from 'commander';
import { planOfCopies } from '../lambda/domain/copy-destination.ts';
import { scopeOfCopies } from '../lambda/domain/copy-drills.ts';
import { nextPruneBy, permittedUntil } from '../lambda/domain/deletion-permission.ts';
import { hashOfPlan } from '../lambda/domain/plan-hash.ts';
import type { Plan } from '../lambda/domain/plan.ts';
import { connect, withConnection, type ConnectionOptions } from './connection.ts';
import { readCopyPlace } from './copy-place.ts';
import { readPlanFile } from './plan-file.ts';

interface Options extends ConnectionOptions {
  readonly plan: string;
  readonly deletions: number;
  readonly hours?: number;
  readonly copiesIn?: string;
}

/** `ddb-backups allow-deletions`: lifts the deletion cap, or a shrunken listing, for one prune run of one version of a plan. */
export function allowDeletionsCommand(): Command {
  return withConnection(new Command('allow-deletions'))
    .description('Let one prune run of exactly this version of a plan delete more than its deletion cap.')
    .requiredOption('--plan <file>', 'the plan as its schedule carries it, in JSON')
    .requiredOption('--deletions <n>', 'how many backups may go at most', wholeNumber)
    .option('--copies-in <arn>', 'let the run delete copies in this vault, and no backups')
    .option('--hours <n>', 'how long the permission lasts; otherwise a day, and over the next prune run', wholeNumber)
    .action(async (options: Options) => {
      const plan = readPlanFile(options.plan);
      const now = new Date();
      const validUntil =
        options.hours === undefined ? permittedUntil(plan, now) : new Date(now.getTime() + options.hours * 3_600_000);
      const { scope, judged, what } = toBeDeleted(plan, options.copiesIn);
      await connect(options).ledger.allowDeletions(scope, hashOfPlan(judged), options.deletions, validUntil);
      console.log(
        `plan ${plan.name} may delete ${options.deletions} ${what} in one run until ${validUntil.toISOString()}`,
      );
      const next = nextPruneBy(plan, now);
      if (next && next > validUntil)
        console.error(`prune may not run before ${next.toISOString()}, when that is over: allow it for more --hours`);
    });
}

/** What a run asks the ledger about: the plan, or the plan as it holds for its copies in one vault. */
function toBeDeleted(plan: Plan, copiesIn: string | undefined) {
  if (copiesIn === undefined) return { scope: plan.name, judged: plan, what: 'backups' };
  const { rule } = readCopyPlace(plan, copiesIn);
  return { scope: scopeOfCopies(plan.name, copiesIn), judged: planOfCopies(plan, rule), what: `copies in ${copiesIn}` };
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('must be a whole number of at least 1.');
  return Number(text);
}
