import { App, Duration } from 'aws-cdk-lib';
import { DynamoBackups } from '../lib/dynamo-backups.ts';
import { accountId, owner, region } from './start.ts';

/** The app that the demo deploys: what `bin/app.ts` builds, with three small plans of its own. */
const app = new App();

new DynamoBackups(app, 'Demo', {
  env: { account: accountId, region },
  owner,
  plans: {
    hourly: {
      tables: { named: ['orders'] },
      backup: { schedule: 'rate(1 hour)' },
      keep: { hourly: 24, daily: 7, weekly: 5, monthly: 12 },
      objectives: { recoveryPoint: Duration.hours(3) },
      prune: { schedule: 'cron(30 4 * * ? *)', deletionCap: { perTableCount: 60 } },
    },
    nightly: {
      tables: { matching: ['shop-*'] },
      backup: { schedule: 'cron(0 3 * * ? *)', timeZone: 'Europe/Berlin' },
      keep: { daily: 14, monthly: 6 },
      objectives: { recoveryPoint: Duration.hours(30) },
      prune: { schedule: 'cron(0 5 * * ? *)' },
    },
    tagged: {
      tables: { tagged: { backup: 'daily' } },
      backup: { schedule: 'cron(0 2 * * ? *)' },
      keep: { last: 10, weekly: 8 },
      objectives: { recoveryPoint: Duration.hours(26) },
      prune: { schedule: 'cron(30 5 * * ? *)' },
    },
  },
});

app.synth();
