import { once } from 'node:events';
import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { cacheFolder } from './cache-folder.ts';
import type { LifeOptions } from './life.ts';
import type { Summary } from './summary.ts';

/** What a thread is to live. */
export type ThreadOptions = Omit<LifeOptions, 'onDay' | 'account'>;

/** What it says after each day, and in the end. */
export type Message =
  | { readonly day: number; readonly date: string; readonly taken: number; readonly deleted: number }
  | { readonly summary: Summary };

/** The sandbox is imported below, in code that was compiled before. */
enableCompileCache(join(cacheFolder, 'compiled'));

/** Months of rows are kept in slices of Node's shared buffers, and a slice keeps its whole buffer: smaller ones hold half the memory. */
Buffer.poolSize = 8192;

if (!parentPort) throw new Error('this is the file of a thread');
const port = parentPort;
const [[options], { Life }, { summaryOf }] = await Promise.all([
  once(port, 'message') as Promise<[ThreadOptions]>,
  import('./life.ts'),
  import('./summary.ts'),
]);
const say = (message: Message): void => {
  port.postMessage(message);
};
const life = await Life.live({
  ...options,
  onDay: (day, { witness: { taken, deleted }, account }) => {
    say({ day, date: account.now.toISOString().slice(0, 10), taken, deleted });
  },
});
say({ summary: summaryOf(life) });
