import { Worker } from 'node:worker_threads';
import type { Story } from './stories.ts';
import type { Summary } from './summary.ts';
import type { Message, ThreadOptions } from './thread.ts';

/** How far all stories have got. */
export interface Reached {
  readonly day: number;
  readonly date: string;
  readonly taken: number;
  readonly deleted: number;
}

interface Options extends Omit<ThreadOptions, 'story'> {
  readonly stories: readonly Story[];
  /** Called when the slowest story has lived another day. */
  readonly onDay: (reached: Reached) => void;
}

/**
 * Lives stories that share nothing, each in a thread of its own, and returns their summaries in the same order. Rejects with what one of them threw,
 * once all are stopped.
 */
export async function tell({ stories, onDay, ...options }: Options): Promise<Summary[]> {
  const reached = new Map<Story, Reached>();
  let shown = 0;
  const threads = stories.map((story) =>
    liveInThread({ ...options, story }, (day) => {
      reached.set(story, day);
      const all = stories.map((each) => reached.get(each) ?? { day: 0, date: '', taken: 0, deleted: 0 });
      const slowest = all.reduce((one, other) => (other.day < one.day ? other : one));
      if (slowest.day <= shown) return;
      shown = slowest.day;
      const sum = (key: 'taken' | 'deleted') => all.reduce((total, each) => total + each[key], 0);
      onDay({ ...slowest, taken: sum('taken'), deleted: sum('deleted') });
    }),
  );
  try {
    return await Promise.all(threads.map(({ summary }) => summary));
  } finally {
    await Promise.all(threads.map(({ worker }) => worker.terminate()));
  }
}

function liveInThread(workerData: ThreadOptions, onDay: (day: Reached) => void) {
  const worker = new Worker(new URL('thread.ts', import.meta.url), { workerData });
  const summary = new Promise<Summary>((resolve, reject) => {
    worker.on('message', (message: Message) => {
      if ('summary' in message) resolve(message.summary);
      else onDay(message);
    });
    worker.once('error', reject);
    worker.once('exit', (code) => {
      reject(new Error(`the thread of ${workerData.story.region} ended with ${code}`));
    });
  });
  return { worker, summary };
}
