import type { Durable } from '../../../lambda/jobs/drill/durable.ts';
import type { SandboxAccount } from '../../../sandbox/account.ts';

const never = new Promise<never>(() => undefined);

/**
 * A durable execution over a sandbox account's clock: remembers what each step answered, as JSON, and can lose its process before or
 * after any checkpoint.
 */
export class MemoryDurable implements Durable {
  readonly executionId: string;
  readonly #account: SandboxAccount;
  readonly #answers = new Map<string, string>();
  /** Checkpoints written so far, over all lives of the process. */
  checkpoints = 0;
  /** Numbers of checkpoints at which the process dies, before (`-0.5`) or after (`+0`) they are written. */
  crashes = new Set<number>();
  #counts = new Map<string, number>();
  #die: () => void = () => undefined;

  constructor(account: SandboxAccount, executionId = 'execution-1') {
    this.#account = account;
    this.executionId = executionId;
  }

  /** The names of everything that was remembered, each followed by its number among those of that name. */
  get names(): string[] {
    return [...this.#answers.keys()];
  }

  /** Carries a run on until it ends, however often its process dies. A dead process neither goes on nor says anything. */
  async live<Result>(run: () => Promise<Result>): Promise<Result> {
    for (;;) {
      this.#counts = new Map();
      const death = Promise.withResolvers<undefined>();
      this.#die = () => {
        death.resolve(undefined);
      };
      const end = await Promise.race([run().then((result) => ({ result })), death.promise]);
      if (end) return end.result;
    }
  }

  async step<Result>(name: string, act: () => Promise<Result>): Promise<Result> {
    const key = this.#keyOf(name);
    if (!this.#answers.has(key)) await this.#checkpoint(key, await act());
    return this.#answer(key) as Result;
  }

  async poll<State>(
    name: string,
    initial: State,
    look: (state: State) => Promise<State>,
    pauseMilliseconds: (state: State) => number | undefined,
  ): Promise<State> {
    const key = this.#keyOf(name);
    for (;;) {
      const known = this.#answers.has(key);
      const state = known ? (this.#answer(key) as State) : initial;
      const pause = known ? pauseMilliseconds(state) : 0;
      if (pause === undefined) return state;
      await this.#account.clock.sleep(Math.ceil(pause / 1000) * 1000);
      await this.#checkpoint(key, await look(state));
    }
  }

  #keyOf(name: string): string {
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    return `${name} ${count}`;
  }

  async #checkpoint(key: string, answer: unknown): Promise<void> {
    this.checkpoints += 1;
    if (this.crashes.delete(this.checkpoints - 0.5)) return this.#crash();
    this.#answers.set(key, answer === undefined ? 'undefined' : JSON.stringify(answer));
    if (this.crashes.delete(this.checkpoints)) return this.#crash();
  }

  #crash(): Promise<never> {
    this.#die();
    return never;
  }

  #answer(key: string): unknown {
    const text = this.#answers.get(key) ?? 'undefined';
    return text === 'undefined' ? undefined : JSON.parse(text);
  }
}
