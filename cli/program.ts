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

const program = new Command('ddb-backups')
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
for (const command of program.commands) command.exitOverride();

// A reader such as `head` may leave before everything is written.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = statusOf(error);
}

/** Commander has printed its own errors already. */
function statusOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : badInput;
  console.error(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  return error instanceof UnusableInputError ? badInput : 1;
}
