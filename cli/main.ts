#!/usr/bin/env node
import { enableCompileCache } from 'node:module';

// Half of what a command takes is the reading of code, which Node remembers from one to the next when it is told so before.
enableCompileCache();
await import('./program.ts');
