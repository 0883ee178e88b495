import { App, Duration } from 'aws-cdk-lib';
import { DynamoBackups } from '../../lib/dynamo-backups.ts';
import { accountId, away, home, owner, recoveryTimeMinutes, table } from './start.ts';

/** What the story deploys: one plan of both engines, whose recovery points are copied to another Region and drilled there. */
const app = new App();

new DynamoBackups(app, 'Demo', {
  env: { account: accountId, region: home },
  owner,
  plans: {
    orders: {
      tables: { named: [table] },
      backup: {
        schedule: 'cron(0 * * * ? *)',
        engine: 'both',
        awsBackup: { copies: [{ region: away, keep: { hourly: 24, daily: 7 }, drill: true }] },
      },
      keep: { hourly: 24, daily: 7 },
      objectives: { recoveryPoint: Duration.hours(4), recoveryTime: Duration.minutes(recoveryTimeMinutes) },
      drill: { schedule: 'cron(30 4 * * ? *)' },
    },
  },
});

app.synth();
