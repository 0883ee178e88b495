/** One look at a table at a scheduled instant, and the instant of the look before. */
export interface Look {
  readonly at: Date;
  readonly previousAt: Date;
}

/**
 * How old the newest restorable backup is, in seconds, when it grew older than the objective since the look before; else undefined.
 * Both looks are the scheduled instants, so looks that are late or repeated tell the same.
 * > Of all looks at a table whose newest backup stays the same, exactly one sees its objective break.
 */
export function brokenRecoveryPoint(
  newestAt: Date,
  objectiveSeconds: number,
  { at, previousAt }: Look,
): number | undefined {
  const ageSeconds = (at.getTime() - newestAt.getTime()) / 1000;
  const previousAgeSeconds = (previousAt.getTime() - newestAt.getTime()) / 1000;
  return ageSeconds > objectiveSeconds && previousAgeSeconds <= objectiveSeconds ? ageSeconds : undefined;
}
