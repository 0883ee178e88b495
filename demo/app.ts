import { App } from 'aws-cdk-lib';
import { DynamoBackups } from '../lib/dynamo-backups.ts';
import { plansOf } from './plans.ts';
import { accountId, owner } from './start.ts';
import { year } from './stories.ts';

/** The app that the demo's year deploys: to each Region what `bin/app.ts` builds, with a small plan of its own and without the watch. */
const app = new App();

/** Drilled on the first Sunday of each month. */
const plans = plansOf({ openingHours: [9, 12], prune: 'cron(30 4 ? * MON,THU *)', drill: 'cron(0 6 ? * SUN#1 *)' });
for (const { deployment, region, plans: names } of year.stories) {
  new DynamoBackups(app, deployment, {
    env: { account: accountId, region },
    owner,
    monitoring: false,
    events: false,
    plans: Object.fromEntries(names.map((name) => [name, plans[name]])),
  });
}

app.synth();
