#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { explainCommand } from './explain.ts';

/** Status of an unusable command line or unusable input: every fault is on stderr, and nothing on stdout. */
const badInput = 2;

const program = new Command('ddb-backups')
  .description('Backups of DynamoDB tables: what a plan keeps, what it deletes, and why.')
  .addCommand(explainCommand())
  .exitOverride();
for (const command of program.commands) command.exitOverride();

// A reader such as `head` may leave before everything is written.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : badInput;
}
