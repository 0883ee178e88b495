import { Duration } from 'aws-cdk-lib';
import { aPlan } from '../lib/deploy.ts';
import { AlarmedAccount, anAssembly, hour } from './alarmed-account.ts';

const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'Africa/Cairo'];

/** Daily backups and weekly drills at hours and in time zones of their own. */
function aDailyPlan(seed: number) {
  const [minute, hourOfDay, timeZone] = [(seed * 7) % 60, 4 + ((seed * 5) % 20), zones[seed % zones.length] ?? 'UTC'];
  return aPlan({
    tables: { matching: ['orders*'] },
    backup: {
      schedule: `cron(${minute} ${hourOfDay} * * ? *)`,
      timeZone,
      flexibleWindow: Duration.minutes(15 * (1 + (seed % 4))),
    },
    keep: { daily: 7, weekly: 4 },
    objectives: { recoveryPoint: Duration.hours(28), recoveryTime: Duration.hours(2) },
    drill: { schedule: 'cron(30 2 ? * SUN *)', timeZone },
  });
}

/** Nothing is remembered that nobody asks for, and processes stay warm: half a year fits into memory. */
const economical = { idleProcessLifeMs: 400 * 24 * hour, journalCapacity: 0, logCapacity: 50 };

/** What a deployment in which nothing broke raised in so many days, of everything that may alarm or call somebody. */
export interface HealthyLife {
  /** Alarms that went into ALARM after the first hour, in which nothing has been looked at yet. */
  readonly alarmed: readonly string[];
  /** Subjects of mails. */
  readonly calls: readonly string[];
  /** How many backups of the table there are in the end. */
  readonly backups: number;
}

export async function liveHealthily(seed: number, days: number): Promise<HealthyLife> {
  const startAt = new Date(Date.UTC(2026, 0, 1 + seed * 17, 11, 5));
  const world = await AlarmedAccount.deployed(anAssembly(aDailyPlan(seed)), { seed, startAt, ...economical });
  await world.run(24 * days);
  return {
    alarmed: alarmedAfter(world, startAt.getTime() + hour),
    calls: world.calls(),
    backups: world.account.backups('orders').length,
  };
}

function alarmedAfter({ account }: AlarmedAccount, since: number): string[] {
  return account.alarms
    .history()
    .filter(({ type, summary, at }) => type === 'StateUpdate' && summary.endsWith('to ALARM') && at > since)
    .map(({ alarm, at }) => `${alarm} at ${new Date(at).toISOString()}`);
}
