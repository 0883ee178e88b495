/**
 * Tells whether a whole name fits a glob: `*` stands for any characters (also none), `?` for exactly one, all others for
 * themselves. Takes at most |glob| × |name| steps, whatever the two are.
 */
export function matchesGlob(glob: string, name: string): boolean {
  let at = 0;
  let inName = 0;
  let lastStar = -1;
  let starTook = 0;
  while (inName < name.length) {
    if (glob[at] === '*') {
      lastStar = at++;
      starTook = inName;
    } else if (glob[at] === '?' || glob[at] === name[inName]) {
      at++;
      inName++;
    } else if (lastStar >= 0) {
      at = lastStar + 1;
      inName = ++starTook;
    } else {
      return false;
    }
  }
  return /^\**$/.test(glob.slice(at));
}
