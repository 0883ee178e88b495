import { App } from 'aws-cdk-lib';
import { DynamoBackups } from '../lib/dynamo-backups.ts';
import {
  account,
  backupNamePrefix,
  coveringTag,
  drilledItem,
  drillTablePrefix,
  keptBackups,
  owner,
  planName,
  rearmedSettings,
  region,
  tableNames,
} from './environment.ts';

// What `npm run e2e` deploys: the app, with a plan whose backups need not be waited for long and whose prune is started by hand.
new DynamoBackups(new App(), 'E2e', {
  env: { account, region },
  owner,
  backupNamePrefix,
  drillTablePrefix,
  plans: {
    [planName]: {
      tables: { named: [tableNames.named], tagged: coveringTag },
      backup: { schedule: 'rate(1 minute)' },
      keep: { last: keptBackups },
      minimumCopies: 1,
      // A year of minutes: as many backups as synth has to assume would expire between two scheduled runs of prune.
      prune: { schedule: 'rate(365 days)', deletionCap: { perTableCount: 525_600, perRun: 525_600 } },
      drill: {
        schedule: 'rate(365 days)',
        tablesPerRun: 1,
        rearm: [...rearmedSettings],
        validate: { checks: [drilledItem] },
      },
    },
  },
});
