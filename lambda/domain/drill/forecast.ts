import { theilSen, type Trend } from './theil-sen.ts';

/** One drill that measured a restore; all drills of a forecast must be of one series, such as with all indexes. */
export interface MeasuredDrill {
  readonly at: Date;
  /** The upper bound of the restore time. */
  readonly seconds: number;
  readonly sizeBytes: number;
}

/** When a table's restore time crosses its objective, as far as its drills tell. */
export type Forecast =
  | { readonly kind: 'too-little-data'; readonly drills: number; readonly days: number }
  | ({ readonly kind: 'over' } & Growth)
  | ({ readonly kind: 'not-growing' } & Growth)
  | ({
      readonly kind: 'crossing';
      /** Days from now, at the present growth. */
      readonly days: number;
      /** Days from now at the fastest growth that the drills make likely. */
      readonly daysAtLeast: number;
    } & Growth);

export interface Growth {
  /** What a restore would take now, by the trend. */
  readonly seconds: number;
  readonly secondsPerDay: number;
  /** How much longer each further gigabyte (10^9 bytes) makes a restore; missing while the table never changed its size. */
  readonly secondsPerGigabyte?: number;
}

const fewestDrills = 5;
const fewestDays = 14;
/** More would take long to compare and tell little about the present growth. */
const mostDrills = 300;
const dayMilliseconds = 24 * 3_600_000;
const gigabyte = 1e9;

/**
 * Tells from a table's drills in how many days a restore will take longer than its objective, if it grows on as now.
 * > Fewer than 5 drills, or drills of fewer than 14 days, are too little data.
 * > A table grows when its trend grows with 95 % confidence; else no date is guessed.
 * The trend is that of Theil and Sen over the newest 300 drills: single odd measurements do not move it. Drills of the future, and ones
 * without a time, do not count.
 */
export function restoreForecast(
  drills: readonly MeasuredDrill[],
  { objectiveSeconds, now }: { readonly objectiveSeconds: number; readonly now: Date },
): Forecast {
  const measured = newest(drills, now);
  const points = measured.map(({ at, seconds }) => [daysAfter(now, at), seconds] as const);
  const [oldest, latest] = [measured[0], measured.at(-1)];
  const days = oldest && latest ? daysAfter(oldest.at, latest.at) : 0;
  const trend = measured.length >= fewestDrills && days >= fewestDays ? theilSen(points) : undefined;
  if (!trend) return { kind: 'too-little-data', drills: measured.length, days };
  return forecastOf(trend, objectiveSeconds, secondsPerGigabyte(measured));
}

/** Time counts from now, so the trend's intercept is its present value. */
function forecastOf(trend: Trend, objectiveSeconds: number, perGigabyte: { secondsPerGigabyte?: number }): Forecast {
  const { intercept: seconds, slope: secondsPerDay, slopeAtLeast, slopeAtMost } = trend;
  const growth = { seconds, secondsPerDay, ...perGigabyte };
  if (seconds > objectiveSeconds) return { kind: 'over', ...growth };
  if (slopeAtLeast <= 0) return { kind: 'not-growing', ...growth };
  const left = objectiveSeconds - seconds;
  return { kind: 'crossing', days: left / secondsPerDay, daysAtLeast: left / slopeAtMost, ...growth };
}

function secondsPerGigabyte(drills: readonly MeasuredDrill[]): { secondsPerGigabyte?: number } {
  const trend = theilSen(drills.map(({ sizeBytes, seconds }) => [sizeBytes / gigabyte, seconds]));
  return trend ? { secondsPerGigabyte: trend.slope } : {};
}

function newest(drills: readonly MeasuredDrill[], now: Date): MeasuredDrill[] {
  return drills
    .filter(({ at, seconds }) => at.getTime() <= now.getTime() && Number.isFinite(seconds))
    .sort((one, other) => one.at.getTime() - other.at.getTime())
    .slice(-mostDrills);
}

function daysAfter(start: Date, end: Date): number {
  return (end.getTime() - start.getTime()) / dayMilliseconds;
}
