import type { Timing } from '../jobs/ports.ts';

export const systemTiming: Timing = {
  now: () => new Date(),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
  random: () => Math.random(),
};
