/** A straight line, and between which limits its slope lies with 90 % confidence. */
export interface Trend {
  readonly slope: number;
  readonly intercept: number;
  readonly slopeAtLeast: number;
  readonly slopeAtMost: number;
}

/** The 95th percentile of the normal distribution: 5 % lie beyond either limit. */
const z = 1.6449;

/**
 * The line through points whose slope is the median of the slopes of all pairs (Theil 1950), its intercept the median of what it leaves
 * over, with limits of the slope after Sen (1968). It does not mind that up to 29 % of the points are anything at all. Undefined when
 * no two points differ in x.
 *
 * H. Theil, "A rank-invariant method of linear and polynomial regression analysis", Proceedings of the Koninklijke Nederlandse Akademie
 * van Wetenschappen A 53 (1950), 386-392; P. K. Sen, "Estimates of the regression coefficient based on Kendall's tau", Journal of the
 * American Statistical Association 63 (1968), 1379-1389.
 */
export function theilSen(points: readonly (readonly [x: number, y: number])[]): Trend | undefined {
  const slopes = points
    .flatMap(([x, y], i) => points.slice(i + 1).flatMap(([x2, y2]) => (x2 === x ? [] : (y2 - y) / (x2 - x))))
    .sort((a, b) => a - b);
  if (slopes.length === 0) return undefined;
  const slope = median(slopes);
  const intercept = median(points.map(([x, y]) => y - slope * x).sort((a, b) => a - b));
  const spread = z * Math.sqrt((points.length * (points.length - 1) * (2 * points.length + 5)) / 18);
  const rank = Math.round((slopes.length - spread) / 2);
  return {
    slope,
    intercept,
    slopeAtLeast: (rank >= 1 ? slopes[rank - 1] : undefined) ?? -Infinity,
    slopeAtMost: (rank >= 1 ? slopes.at(-rank) : undefined) ?? Infinity,
  };
}

function median(sorted: readonly number[]): number {
  const half = sorted.length / 2;
  const middle = sorted.slice(Math.ceil(half) - 1, Math.floor(half) + 1);
  return middle.reduce((sum, each) => sum + each / middle.length, 0);
}
