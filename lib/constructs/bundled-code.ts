import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AssetHashType } from 'aws-cdk-lib';
import { Code, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';
import { buildSync, type BuildOptions } from 'esbuild';
import { cachedBundles, type Bundles } from './bundle-cache.ts';
import { jobs, type Job } from './jobs.ts';

const projectRoot = fileURLToPath(new URL('../..', import.meta.url));
const handlers = join(projectRoot, 'lambda/handlers');

/**
 * The code of a job's function, which exports `handler`: one file with everything it needs. All jobs of an app are bundled by one run of
 * esbuild, when the first is asked for and unless bundling is switched off; they share most of what has to be read for it.
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
  const bundles = bundlesOfApps.get(app) ?? bundleAll();
  bundlesOfApps.set(app, bundles);
  const bundle = bundles.get(job);
  if (!bundle) throw new Error(`esbuild made no bundle of ${job}`);
  writeFileSync(join(folder, 'index.js'), bundle);
  return true;
}

/**
 * The SDK comes along, because the one in the runtime lags behind. Nothing is minified, so a stack trace can be read without source maps,
 * which would cost start-up time. Modules are preferred where a package offers both, because esbuild can leave out what is not used of
 * them: the bundle is a quarter smaller.
 */
function bundleAll(): Bundles {
  const options = {
    entryPoints: jobs.map((job) => join(handlers, `${job}.ts`)),
    absWorkingDir: projectRoot,
    outdir: projectRoot,
    write: false,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    mainFields: ['module', 'main'],
  } satisfies BuildOptions;
  const sources = [join(projectRoot, 'lambda'), join(projectRoot, 'package-lock.json')];
  return cachedBundles(sources, options, () => {
    const { outputFiles } = buildSync(options);
    return new Map(outputFiles.map(({ path, text }) => [basename(path, '.js'), text]));
  });
}
