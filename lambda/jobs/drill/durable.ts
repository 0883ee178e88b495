/**
 * A run that outlives its process. Everything that looks at a clock, draws a number or talks to anybody happens inside `step` or `poll`;
 * what they answered once they answer again when the run is replayed, as JSON gives it back: no dates, no maps.
 */
export interface Durable {
  /** Names this execution; the same in every process that carries it on. */
  readonly executionId: string;
  /**
   * Carries out one act and remembers what it answered. After a crash in between, and some times when it throws, it is carried out again:
   * it must bear that.
   */
  step<Result>(name: string, act: () => Promise<Result>): Promise<Result>;
  /**
   * Looks again and again, with pauses that cost nothing, until `pauseMilliseconds` answers undefined; answers the last state.
   * `look` gets the state before it and must bear being repeated: one that throws is tried again, as a step is.
   */
  poll<State>(
    name: string,
    initial: State,
    look: (state: State) => Promise<State>,
    pauseMilliseconds: (state: State) => number | undefined,
  ): Promise<State>;
}
