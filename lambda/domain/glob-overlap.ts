const shortestName = 3;
const mostStates = 5_000;

/**
 * The shortest table name that all of some globs match and none of others does; undefined when there is none, or none was found in
 * 5,000 steps (globs of a length people write take a few hundred). The name is an example: such a table need not exist.
 */
export function exampleName({
  allOf,
  noneOf,
}: {
  allOf: readonly string[];
  noneOf: readonly string[];
}): string | undefined {
  const letters = lettersOf([...allOf, ...noneOf]);
  const seen = new Set<string>();
  const queue = [{ name: '', wanted: allOf.map(begin), unwanted: noneOf.map(begin) }];
  for (const { name, wanted, unwanted } of queue) {
    const fits = wanted.every(isMatched) && !unwanted.some(isMatched);
    if (fits && name.length >= shortestName) return name;
    if (queue.length > mostStates) return undefined;
    for (const letter of letters) {
      const next = {
        name: name + letter,
        wanted: wanted.map((progress) => advance(progress, letter)),
        unwanted: unwanted.map((progress) => advance(progress, letter)),
      };
      const state = [
        Math.min(next.name.length, shortestName),
        ...[...next.wanted, ...next.unwanted].map(({ at }) => at.join()),
      ].join(';');
      const isDead = next.wanted.some(({ at }) => at.length === 0);
      if (!isDead && !seen.has(state)) queue.push(next);
      seen.add(state);
    }
  }
  return undefined;
}

/** How far a glob has come: every place in it that the letters so far can have led to, in order. */
interface Progress {
  readonly glob: string;
  readonly at: readonly number[];
}

function begin(glob: string): Progress {
  return { glob, at: reachable(glob, 0) };
}

function advance({ glob, at }: Progress, letter: string): Progress {
  const next = at.flatMap((place) => {
    if (glob[place] === '*') return reachable(glob, place);
    return glob[place] === '?' || glob[place] === letter ? reachable(glob, place + 1) : [];
  });
  return { glob, at: [...new Set(next)].sort((a, b) => a - b) };
}

/** A place and those behind it that cost no letter. */
function reachable(glob: string, place: number): number[] {
  return glob[place] === '*' ? [place, ...reachable(glob, place + 1)] : [place];
}

function isMatched({ glob, at }: Progress): boolean {
  return at.includes(glob.length);
}

/** The letters that make a difference: those the globs spell, and one that stands for all others. */
function lettersOf(globs: readonly string[]): string[] {
  const spelt = new Set(globs.join('').replace(/[*?]/g, '').split(''));
  const other = 'xyzabcdefghijklmnopqrstuvw0123456789'.split('').filter((letter) => !spelt.has(letter));
  return [...other.slice(0, 1), ...spelt];
}
