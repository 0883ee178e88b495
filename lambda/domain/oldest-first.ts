/** What is put in order: something made at an instant, with an ARN of its own. */
interface Made {
  readonly arn: string;
  readonly createdAt: Date;
}

/** Orders from oldest to newest: by creation time, then by ARN. Names never matter. */
export function byAge(one: Made, other: Made): number {
  return one.createdAt.getTime() - other.createdAt.getTime() || (one.arn < other.arn ? -1 : 1);
}

const placeBits = 21n;
const placeMask = 2n ** placeBits - 1n;
const mostPlaces = 2 ** Number(placeBits);
const longestMilliseconds = 2 ** (64 - Number(placeBits));

/** The same in the order of `byAge`. Comparing half a million one by one is mostly waiting for memory, so instants are sorted as numbers, each with its place. */
export function oldestFirst<Item extends Made>(items: readonly Item[]): Item[] {
  const instants = Float64Array.from(items, ({ createdAt }) => createdAt.getTime());
  const first = instants.reduce((least, at) => Math.min(least, at), Infinity);
  const last = instants.reduce((most, at) => Math.max(most, at), -Infinity);
  if (items.length >= mostPlaces || !(last - first < longestMilliseconds)) return items.toSorted(byAge);
  const keys = new BigUint64Array(items.length);
  instants.forEach((at, place) => (keys[place] = (BigInt(at - first) << placeBits) | BigInt(place)));
  keys.sort();
  const sorted = Array.from(keys, (key) => items[Number(key & placeMask)]).filter((item) => item !== undefined);
  return inOrderOfArn(sorted);
}

/** Puts those of one instant in the order of their ARNs. */
function inOrderOfArn<Item extends Made>(sorted: Item[]): Item[] {
  let start = 0;
  for (let end = 1; end <= sorted.length; end += 1) {
    const at = sorted[start]?.createdAt.getTime();
    if (sorted[end]?.createdAt.getTime() === at) continue;
    if (end - start > 1) {
      const tied = sorted.slice(start, end).sort(byAge);
      for (const [nth, item] of tied.entries()) sorted[start + nth] = item;
    }
    start = end;
  }
  return sorted;
}
