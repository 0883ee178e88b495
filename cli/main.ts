#!/usr/bin/env node
import { enableCompileCache } from 'node:module';

// Half of what a command takes is the reading of code, which Node remembers from one to the next when it is told so before.
enableCompileCache();
const { runCommandLine } = await import('./program.ts');

// A reader such as `head` may leave before everything is written.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

await runCommandLine(process.argv.slice(2));
