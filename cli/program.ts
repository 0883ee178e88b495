import { Command, CommanderError } from 'commander';
import { allowDeletionsCommand } from './allow-deletions.ts';
import { doctorCommand } from './doctor.ts';
import { explainCommand } from './explain.ts';
import { holdCommand, holdsCommand, liftCommand } from './holds.ts';
import { pruneCommand } from './prune.ts';
import { restoreCommand } from './restore.ts';
import { UnusableInputError } from './unusable-input-error.ts';

/** Status of an unusable command line or unusable input: every fault is on stderr, and nothing on stdout. */
const badInput = 2;

/** Runs one command line, which sets the exit status of the process. Its words are those after the name of the command. */
export async function runCommandLine(words: readonly string[]): Promise<void> {
  try {
    await program().parseAsync(words, { from: 'user' });
  } catch (error) {
    process.exitCode = statusOf(error);
  }
}

function program(): Command {
  const all = new Command('ddb-backups')
    .description('Backups of DynamoDB tables: what a plan keeps, what it deletes, and why.')
    .addCommand(explainCommand())
    .addCommand(doctorCommand())
    .addCommand(pruneCommand())
    .addCommand(restoreCommand())
    .addCommand(allowDeletionsCommand())
    .addCommand(holdCommand())
    .addCommand(liftCommand())
    .addCommand(holdsCommand())
    .exitOverride();
  for (const command of all.commands) command.exitOverride();
  return all;
}

/** Commander has printed its own errors already. */
function statusOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : badInput;
  console.error(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  return error instanceof UnusableInputError ? badInput : 1;
}
