/** One look at a table that is being restored. Times are milliseconds since 1970. */
export interface Poll {
  /** When the question was sent if the answer was "not yet"; when the answer came if it was "finished". */
  readonly at: number;
  readonly finished: boolean;
}

/** What polls have told about the end of a restore so far: plain JSON, for a durable execution to carry along. */
export interface RestoreTiming {
  /** When the request to restore was accepted. */
  readonly acceptedAt: number;
  readonly lastUnfinishedAt?: number;
  /** The first poll that saw it finished and that no later poll contradicted. */
  readonly firstFinishedAt?: number;
}

/** Between which two lengths the true one lies; `atMostSeconds` is missing until the end was seen. */
export interface DurationBounds {
  readonly atLeastSeconds: number;
  readonly atMostSeconds?: number;
}

const shortestSeconds = 12;
const tolerated = 0.02;
/** How late a poll may be answered, and what waits rounded to whole seconds may add. */
const lateSeconds = 2.5;

/**
 * How long to wait before the next poll, in whole seconds, when the last one was `elapsedMs` after the request was accepted.
 * > The error of a measured time stays below 15 seconds or 2 %, whichever is larger, also when every poll is answered 2 seconds late.
 * About 300 polls in 24 hours: the gap grows with the time already spent.
 */
export function nextPollMilliseconds(elapsedMs: number): number {
  const seconds = Math.floor((elapsedMs / 1000) * tolerated - lateSeconds);
  return (seconds > shortestSeconds ? seconds : shortestSeconds) * 1000;
}

/**
 * Adds what a poll saw.
 * > A table that was finished and is not any more was not finished.
 */
export function withPoll({ acceptedAt, ...seen }: RestoreTiming, { at, finished }: Poll): RestoreTiming {
  if (finished) return { acceptedAt, ...seen, firstFinishedAt: Math.min(at, seen.firstFinishedAt ?? at) };
  return { acceptedAt, lastUnfinishedAt: Math.max(at, seen.lastUnfinishedAt ?? at) };
}

/** The bounds that polls allow. A clock that went back makes them wider, never negative and never crossed. */
export function boundsOfTiming({ acceptedAt, lastUnfinishedAt, firstFinishedAt }: RestoreTiming): DurationBounds {
  const atLeastSeconds = secondsBetween(acceptedAt, lastUnfinishedAt ?? acceptedAt);
  if (firstFinishedAt === undefined) return { atLeastSeconds };
  return { atLeastSeconds, atMostSeconds: Math.max(atLeastSeconds, secondsBetween(acceptedAt, firstFinishedAt)) };
}

/** The bounds that all polls of a restore allow, in the order they were made. */
export function boundsOf(acceptedAt: number, polls: readonly Poll[]): DurationBounds {
  return boundsOfTiming(polls.reduce<RestoreTiming>(withPoll, { acceptedAt }));
}

function secondsBetween(start: number, end: number): number {
  return Math.max(0, end - start) / 1000;
}
