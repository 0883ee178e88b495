import { once } from 'node:events';
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
  /** Called when the slowest story has lived another day. */
  readonly onDay: (reached: Reached) => void;
}

/** Lives stories that share nothing, each in a thread of its own, which gets ready from now on. To be disposed of, whatever happens. */
export class Tellers implements AsyncDisposable {
  readonly #threads: readonly { readonly story: Story; readonly worker: Worker }[];

  constructor(stories: readonly Story[]) {
    this.#threads = stories.map((story) => ({ story, worker: new Worker(new URL('thread.ts', import.meta.url)) }));
  }

  /** Lives all stories and returns their summaries in the same order. Rejects with what one of the threads threw. */
  async tell({ onDay, ...options }: Options): Promise<Summary[]> {
    const unbegun: Reached = { day: 0, date: '', taken: 0, deleted: 0 };
    const reached = new Map(this.#threads.map(({ story }) => [story, unbegun]));
    let shown = 0;
    const lived = this.#threads.map(({ story, worker }) =>
      live(worker, { ...options, story }, (day) => {
        reached.set(story, day);
        const all = [...reached.values()];
        const slowest = all.reduce((one, other) => (other.day < one.day ? other : one));
        if (slowest.day <= shown) return;
        shown = slowest.day;
        const sum = (key: 'taken' | 'deleted') => all.reduce((total, each) => total + each[key], 0);
        onDay({ ...slowest, taken: sum('taken'), deleted: sum('deleted') });
      }),
    );
    return Promise.all(lived);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }
}

async function live(worker: Worker, options: ThreadOptions, onDay: (day: Reached) => void): Promise<Summary> {
  const summary = new Promise<Summary>((resolve) => {
    worker.on('message', (message: Message) => {
      if ('summary' in message) resolve(message.summary);
      else onDay(message);
    });
  });
  const ended = once(worker, 'exit').then(([code]: number[]) => {
    throw new Error(`the thread of ${options.story.region} ended with ${code}`);
  });
  worker.postMessage(options);
  return Promise.race([summary, ended]);
}
