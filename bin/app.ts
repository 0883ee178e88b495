import { App, Duration, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { deploymentTarget } from '../lib/deployment-target.ts';
import { DynamoBackups } from '../lib/dynamo-backups.ts';

const app = new App();

// The plans. Edit these: one entry per promise you make about some tables.
new DynamoBackups(app, 'Backups', {
  ...deploymentTarget(app.node, process.env),
  plans: {
    // Every hour, and far back: what the business cannot lose.
    orders: {
      tables: { named: ['orders'], matching: ['orders-*'], except: ['orders-tmp-*'] },
      backup: { schedule: 'rate(1 hour)' },
      keep: { hourly: 24, daily: 7, weekly: 5, monthly: 12, yearly: 7 },
      objectives: { recoveryPoint: Duration.hours(2), recoveryTime: Duration.hours(1) },
      drill: { schedule: 'cron(0 5 ? * SUN *)' },
    },
    // Every night, for each table somebody tagged backup=daily; retention only reports until its reports have been read.
    daily: {
      tables: { tagged: { backup: 'daily' } },
      backup: { schedule: 'cron(0 3 * * ? *)', timeZone: 'Europe/Berlin', flexibleWindow: Duration.minutes(30) },
      keep: { daily: 14, monthly: 6, within: Duration.days(14) },
      objectives: { recoveryPoint: Duration.hours(26) },
      prune: { mode: 'report-only' },
    },
  },
});

Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
