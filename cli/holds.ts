import { Command, InvalidArgumentError } from 'commander';
import { parseDynamoDbArn } from '../lambda/domain/arn.ts';
import { connect, withConnection, type ConnectionOptions } from './connection.ts';

/** `ddb-backups hold`: keeps one backup from deletion until the hold is lifted. */
export function holdCommand(): Command {
  return withConnection(new Command('hold'))
    .description('Keep one backup from deletion until the hold is lifted.')
    .argument('<arn>', 'ARN of the backup', backupArn)
    .requiredOption('--reason <text>', 'why it is held, for whoever lifts it')
    .action(async (arn: string, options: ConnectionOptions & { readonly reason: string }) => {
      await connect(options).ledger.placeHold(arn, options.reason, new Date());
      console.log(`held: ${arn}`);
    });
}

/** `ddb-backups lift`: retention then judges the backup as any other. */
export function liftCommand(): Command {
  return withConnection(new Command('lift'))
    .description('Lift the hold of one backup; retention then judges it as any other.')
    .argument('<arn>', 'ARN of the backup', backupArn)
    .action(async (arn: string, options: ConnectionOptions) => {
      await connect(options).ledger.liftHold(arn);
      console.log(`lifted: ${arn}`);
    });
}

/** `ddb-backups holds`: one ARN a line. */
export function holdsCommand(): Command {
  return withConnection(new Command('holds'))
    .description('List the backups that are held.')
    .action(async (options: ConnectionOptions) => {
      for (const arn of await connect(options).ledger.holds()) console.log(arn);
    });
}

function backupArn(text: string): string {
  if (parseDynamoDbArn(text)?.backupId === undefined)
    throw new InvalidArgumentError('must be the ARN of a DynamoDB backup.');
  return text;
}
