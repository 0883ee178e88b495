import type { Timing } from './ports.ts';

/**
 * Sleeps a full-jitter backoff: a random time between zero and `base * 2^attempt`, at most `cap`, in milliseconds.
 * Source: "Exponential Backoff And Jitter", AWS Architecture Blog.
 */
export async function backOff(timing: Timing, attempt: number, base = 1_000, cap = 60_000): Promise<void> {
  await timing.sleep(timing.random() * Math.min(cap, base * 2 ** attempt));
}
