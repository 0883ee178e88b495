/** A line of a list, ticked or crossed, and below it what was found. */
export function item(holds: boolean, title: string, found: string, width: number): string[] {
  return [`  ${holds ? '✓' : '✗'} ${title}`, wrap(`    ${found}`, width, 4)];
}

/** Breaks a text into lines no wider than `width`, the later ones indented. */
export function wrap(text: string, width: number, indent = 0): string {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const at = rest.lastIndexOf(' ', width);
    if (at <= indent) break;
    lines.push(rest.slice(0, at));
    rest = ' '.repeat(indent) + rest.slice(at + 1);
  }
  return [...lines, rest].join('\n');
}

/** Two units at most, such as `1 d 4 h`. */
export function duration(seconds: number): string {
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
  ];
  if (days > 0) return `${days} d ${hours} h`;
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min`;
}
