import { App, Duration } from 'aws-cdk-lib';
import { DynamoBackups } from '../lib/dynamo-backups.ts';
import { plansOf } from './plans.ts';
import { accountId, onCallAddress, owner } from './start.ts';
import { onCall } from './stories.ts';

/** The app that the demo of the person on call deploys: what `bin/app.ts` builds, with two small plans of its own. */
const app = new App();

for (const { deployment, region } of onCall.stories) {
  new DynamoBackups(app, deployment, {
    env: { account: accountId, region },
    owner,
    notify: { emails: [onCallAddress] },
    // A story of 90 days has no room for the usual month of warning, and alarms are of plans.
    monitoring: { detail: 'plan', forecast: Duration.days(14) },
    plans: plansOf({ openingHours: [8, 17], prune: 'cron(30 4 * * ? *)', drill: 'cron(0 6 ? * SUN *)' }),
  });
}

app.synth();
