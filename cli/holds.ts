import type { Command } from 'commander';
import { connect, withConnection, type ConnectionOptions } from './connection.ts';

/** Adds the commands that keep single backups from deletion. */
export function addHoldCommands(program: Command): void {
  withConnection(program.command('hold'))
    .description('keep one backup from deletion until the hold is lifted')
    .argument('<arn>', 'ARN of the backup')
    .requiredOption('--reason <text>', 'why it is held, for whoever lifts it')
    .action(async (arn: string, options: ConnectionOptions & { readonly reason: string }) => {
      await connect(options).ledger.placeHold(arn, options.reason, new Date());
      console.log(`held: ${arn}`);
    });
  withConnection(program.command('lift'))
    .description('lift the hold of one backup; retention then judges it as any other')
    .argument('<arn>', 'ARN of the backup')
    .action(async (arn: string, options: ConnectionOptions) => {
      await connect(options).ledger.liftHold(arn);
      console.log(`lifted: ${arn}`);
    });
  withConnection(program.command('holds'))
    .description('list the backups that are held')
    .action(async (options: ConnectionOptions) => {
      for (const arn of await connect(options).ledger.holds()) console.log(arn);
    });
}
