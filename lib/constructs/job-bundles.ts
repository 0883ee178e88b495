import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync, type BuildOptions } from 'esbuild';
import { cachedBundles, type Bundles } from './bundle-cache.ts';
import { jobs } from './jobs.ts';

const projectRoot = fileURLToPath(new URL('../..', import.meta.url));
/** The folder of the handlers, one file for each job. */
export const handlers = join(projectRoot, 'lambda/handlers');

/**
 * The code of each job's function, which exports `handler`, as it is deployed: one CommonJS file with everything it needs. One run
 * of esbuild makes them all, because they share most of what has to be read for it.
 *
 * The SDK comes along, because the one in the runtime lags behind. Nothing is minified, so a stack trace can be read without source maps,
 * which would cost start-up time. Modules are preferred where a package offers both, because esbuild can leave out what is not used of
 * them: the bundle is a quarter smaller.
 */
export function bundlesOfJobs(): Bundles {
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
