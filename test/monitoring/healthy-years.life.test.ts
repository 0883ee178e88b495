import { Duration } from 'aws-cdk-lib';
import { expect, test } from '@jest/globals';
import { aPlan } from '../lib/deploy.ts';
import { AlarmedAccount, anAssembly, hour } from './alarmed-account.ts';

/** > With nothing broken, nothing alarms: `HEALTHY_YEARS=10 SEEDS=20` lives ten years, half a year with each seed. */
const seeds = Number(process.env.SEEDS ?? 1);
const isSample = process.env.HEALTHY_YEARS === undefined;
const days = isSample ? 2 : Math.ceil((Number(process.env.HEALTHY_YEARS) * 365) / seeds);
const longestMilliseconds = isSample ? 240_000 : 6 * hour;

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

/** Alarms that went into ALARM after the first hour, in which nothing has been looked at yet. */
function alarmed({ account }: AlarmedAccount, startedAt: number): string[] {
  return account.alarms
    .history()
    .filter(({ type, summary, at }) => type === 'StateUpdate' && summary.endsWith('to ALARM') && at > startedAt + hour)
    .map(({ alarm, at }) => `${alarm} at ${new Date(at).toISOString()}`);
}

test.each(Array.from({ length: seeds }, (_, nth) => nth + 1))(
  `a deployment in which nothing breaks raises no alarm and calls nobody for ${days} days, seed %d`,
  async (seed) => {
    const startAt = new Date(Date.UTC(2026, 0, 1 + seed * 17, 11, 5));
    const world = await AlarmedAccount.deployed(anAssembly(aDailyPlan(seed)), { seed, startAt });
    await world.run(24 * days);

    const found = { alarmed: alarmed(world, startAt.getTime()), calls: world.calls() };
    if (!isSample) process.stderr.write(`seed ${seed}: ${days} days, ${JSON.stringify(found)}\n`);
    expect(found).toEqual({ alarmed: [], calls: [] });
    expect(world.account.backups('orders').length).toBeGreaterThanOrEqual(Math.min(days - 1, 7));
  },
  longestMilliseconds,
);
