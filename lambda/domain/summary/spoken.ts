const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** A length of time as people say it, with its two largest units: `3 d 4 h`, `50 min 30 s`. */
export function spokenDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole >= day) return joined([Math.floor(whole / day), 'd'], [Math.floor((whole % day) / hour), 'h']);
  if (whole >= hour) return joined([Math.floor(whole / hour), 'h'], [Math.floor((whole % hour) / minute), 'min']);
  return whole >= minute ? joined([Math.floor(whole / minute), 'min'], [whole % minute, 's']) : `${whole} s`;
}

function joined(large: readonly [number, string], small: readonly [number, string]): string {
  return small[0] === 0 ? large.join(' ') : `${large.join(' ')} ${small.join(' ')}`;
}

/** A size as people say it: `12.3 GB`, of powers of ten, as AWS bills. */
export function spokenBytes(bytes: number): string {
  let value = bytes;
  let unit = 'B';
  for (const larger of ['kB', 'MB', 'GB', 'TB', 'PB']) {
    if (value < 1000) break;
    value /= 1000;
    unit = larger;
  }
  return `${unit === 'B' || value >= 100 ? Math.round(value) : value.toFixed(1)} ${unit}`;
}

/** `1 backup`, `12 backups`. */
export function spokenCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** A day and a time in UTC: `Mon 23 Nov 2026, 07:00 UTC`. */
export function spokenInstant(at: Date): string {
  const [weekday = '', date = '', month = '', year = '', time = ''] = at.toUTCString().replace(',', '').split(' ');
  return `${weekday} ${Number(date)} ${month} ${year}, ${time.slice(0, 5)} UTC`;
}
