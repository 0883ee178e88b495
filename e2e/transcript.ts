/** Thrown by a step that cannot be taken here; the message says why. */
export class Skipped extends Error {
  override readonly name = 'Skipped';
}

/** One thing to do and to see. What `run` returns is printed behind the title; what it throws fails the step. */
export interface Step<World> {
  readonly title: string;
  readonly run: (world: World) => Promise<string>;
  /** Why the step cannot be taken in this world; `undefined` when it can. */
  readonly unless?: (world: World) => string | undefined;
}

/** What was printed, counted. */
export class Transcript {
  #passed = 0;
  #failed = 0;
  #skipped = 0;

  get hasFailed(): boolean {
    return this.#failed > 0;
  }

  /** Takes the steps in order, one line each. > After a failure the remaining ones are skipped, for they build on it. */
  async take<World>(steps: readonly Step<World>[], world: World): Promise<void> {
    for (const { title, run, unless } of steps) {
      const obstacle = this.hasFailed ? 'an earlier step failed' : unless?.(world);
      if (obstacle === undefined) await this.step(title, () => run(world));
      else this.skip(title, obstacle);
    }
  }

  /** Takes one step and returns what it made; `undefined` when it failed or was skipped. Never throws. */
  async step<Made>(title: string, run: () => Promise<Made>): Promise<Made | undefined> {
    const startedAt = performance.now();
    try {
      const made = await run();
      this.#passed++;
      print('✓', startedAt, [title, ...details(made)].join(': '));
      return made;
    } catch (error) {
      if (error instanceof Skipped) {
        this.skip(title, error.message);
        return undefined;
      }
      this.#failed++;
      print('✗', startedAt, `${title}\n${indented(error)}`);
      return undefined;
    }
  }

  skip(title: string, why: string): void {
    this.#skipped++;
    console.log(`–           ${title} (skipped: ${why})`);
  }

  /** The last line of a run; `interrupted` counts as failures what ended it from outside. */
  summary(interrupted: number): string {
    return `${this.#passed} passed, ${this.#failed + interrupted} failed, ${this.#skipped} skipped`;
  }
}

function print(mark: string, startedAt: number, text: string): void {
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1).padStart(6);
  console.log(`${mark} ${seconds} s  ${text}`);
}

function details(made: unknown): string[] {
  return typeof made === 'string' && made !== '' ? [made] : [];
}

function indented(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.replace(/^/gm, '            ');
}
