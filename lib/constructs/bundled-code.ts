import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AssetHashType } from 'aws-cdk-lib';
import { Code, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import type { Bundles } from './bundle-cache.ts';
import { bundlesOfJobs, handlers } from './job-bundles.ts';
import type { Job } from './jobs.ts';

/**
 * The code of a job's function as an asset. All jobs of an app are bundled at once, when the first is asked for and unless bundling is
 * switched off.
 */
export function bundledCode(scope: IConstruct, job: Job): Code {
  return Code.fromAsset(handlers, {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: Runtime.NODEJS_24_X.bundlingImage,
      // Never run. Assets of one folder whose bundling reads alike are one and the same to the CDK.
      command: [job],
      local: { tryBundle: (folder) => writeBundle(scope.node.root, job, folder) },
    },
  });
}

const bundlesOfApps = new WeakMap<IConstruct, Bundles>();

function writeBundle(app: IConstruct, job: Job, folder: string): boolean {
  const bundles = bundlesOfApps.get(app) ?? bundlesOfJobs();
  bundlesOfApps.set(app, bundles);
  const bundle = bundles.get(job);
  if (!bundle) throw new Error(`esbuild made no bundle of ${job}`);
  writeFileSync(join(folder, 'index.js'), bundle);
  return true;
}
