/** > An age below zero, or one that is no number, is published as 0: the newest thing there is cannot be older than that. */
export function gauge(value: number): number {
  return Number.isFinite(value) ? Math.max(0, value) : 0;
}

/** Whole seconds and their parts from one instant to another, never below zero. */
export function secondsBetween(earlier: Date, later: Date): number {
  return gauge((later.getTime() - earlier.getTime()) / 1000);
}

/** The later of two instants, as far as they are known. */
export function later(one: Date | undefined, other: Date | undefined): Date | undefined {
  if (!one || !other) return one ?? other;
  return one > other ? one : other;
}
