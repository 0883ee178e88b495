import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { cacheFolder } from './cache-folder.ts';
import type { LifeOptions } from './life.ts';
import type { Summary } from './summary.ts';

/** What a thread is to live. */
export type ThreadOptions = Omit<LifeOptions, 'onDay'>;

/** What it says after each day, and in the end. */
export type Message =
  | { readonly day: number; readonly date: string; readonly taken: number; readonly deleted: number }
  | { readonly summary: Summary };

/** The sandbox is imported below, in code that was compiled before. */
enableCompileCache(join(cacheFolder, 'compiled'));

/** Months of rows are kept in slices of Node's shared buffers, and a slice keeps its whole buffer: smaller ones hold half the memory. */
Buffer.poolSize = 8192;

const [{ Life }, { summaryOf }] = await Promise.all([import('./life.ts'), import('./summary.ts')]);
const say = (message: Message): void => parentPort?.postMessage(message);
const life = await Life.live({
  ...(workerData as ThreadOptions),
  onDay: (day, { witness: { taken, deleted }, account }) => {
    say({ day, date: account.now.toISOString().slice(0, 10), taken, deleted });
  },
});
say({ summary: summaryOf(life) });
