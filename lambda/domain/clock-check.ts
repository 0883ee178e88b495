import type { Backup } from './backup.ts';

const toleratedMilliseconds = 5 * 60_000;

/**
 * Tells what is wrong with our clock, if anything. > A clock more than 5 minutes from AWS's, or behind the newest backup by as much,
 * judges nothing.
 */
export function clockDisagreement(now: Date, awsNow: Date | undefined, backups: readonly Backup[]): string | undefined {
  if (awsNow && Math.abs(now.getTime() - awsNow.getTime()) > toleratedMilliseconds) {
    return `our clock says ${now.toISOString()}, AWS says ${awsNow.toISOString()}`;
  }
  const times = backups.map(({ createdAt }) => createdAt?.getTime() ?? 0).filter((time) => !Number.isNaN(time));
  const newest = times.reduce((latest, time) => Math.max(latest, time), 0);
  if (newest <= now.getTime() + toleratedMilliseconds) return undefined;
  return `our clock says ${now.toISOString()}, a backup was created at ${new Date(newest).toISOString()}`;
}
