const mostAttempts = 4;
const minute = 60_000;

/** A try to copy that came to nothing. */
export interface FailedTry {
  /** From 1. */
  readonly attempt: number;
  readonly failedAt: Date;
  /** Whether what was to be copied is there no more. */
  readonly isSourceGone: boolean;
}

/**
 * When a copy is tried again; undefined when it is given up.
 * > A copy is tried four times within some two hours, 10, 30 and 90 minutes after a try failed, for as long as its source stays; then the next
 * > slot's makes up for it.
 */
export function nextTryAt({ attempt, failedAt, isSourceGone }: FailedTry): Date | undefined {
  if (isSourceGone || attempt >= mostAttempts) return undefined;
  return new Date(failedAt.getTime() + 10 * minute * 3 ** (attempt - 1));
}
