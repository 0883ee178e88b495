import { App, Duration } from 'aws-cdk-lib';
import { DynamoBackups } from '../lib/dynamo-backups.ts';
import { accountId, onCallAddress, owner, region } from './start.ts';

/** The app that the demo deploys: what `bin/app.ts` builds, with two small plans of its own. */
const app = new App();

new DynamoBackups(app, 'Demo', {
  env: { account: accountId, region },
  owner,
  notify: { emails: [onCallAddress] },
  // A story of 90 days has no room for the usual month of warning, and alarms are of plans.
  monitoring: { detail: 'plan', forecast: Duration.days(14) },
  plans: {
    hourly: {
      tables: { named: ['orders'] },
      backup: { schedule: 'cron(0 8-17 * * ? *)' },
      keep: { hourly: 24, daily: 7, weekly: 5, monthly: 12 },
      objectives: { recoveryPoint: Duration.hours(16), recoveryTime: Duration.minutes(6) },
      prune: { schedule: 'cron(30 4 * * ? *)', deletionCap: { perTableCount: 25 } },
      drill: { schedule: 'cron(0 6 ? * SUN *)' },
    },
    nightly: {
      tables: { matching: ['shop-*'], tagged: { backup: 'daily' } },
      backup: { schedule: 'cron(0 3 * * ? *)', timeZone: 'Europe/Berlin' },
      keep: { last: 10, daily: 14, weekly: 8, monthly: 6 },
      objectives: { recoveryPoint: Duration.hours(30), recoveryTime: Duration.minutes(6) },
      prune: { schedule: 'cron(0 5 ? * MON,THU *)' },
      drill: { schedule: 'cron(0 6 ? * SUN *)', tablesPerRun: 1 },
    },
  },
});

app.synth();
