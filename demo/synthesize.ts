import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { bundleCacheVariable } from '../lib/constructs/bundle-cache.ts';
import { cacheFolder } from './cache-folder.ts';

const run = promisify(execFile);
const root = resolve(import.meta.dirname, '..');

/** A cloud assembly that is thrown away when its scope ends. */
export interface Assembly extends AsyncDisposable {
  readonly folder: string;
}

/**
 * Synthesizes a demo's app as `cdk synth` does: in a process of its own, with the context of cdk.json, into a cloud assembly with the
 * bundled functions. CloudFormation's schema is left to `npm run synth`, which checks the same stacks. What was bundled and compiled for a
 * demo before, from the same sources, is used again. Throws with what the app printed when it fails.
 */
export async function synthesize(app: string): Promise<Assembly> {
  const folder = await mkdtemp(join(tmpdir(), 'ddb-backups-demo-'));
  const { context } = JSON.parse(await readFile(join(root, 'cdk.json'), 'utf8')) as { context: object };
  const env = {
    ...process.env,
    CDK_OUTDIR: folder,
    CDK_CONTEXT_JSON: JSON.stringify({ ...context, 'aws:cdk:disable-creation-stack-traces': true }),
    CDK_VALIDATION: 'false',
    CDK_DISABLE_STACK_TRACE: '1',
    [bundleCacheVariable]: process.env[bundleCacheVariable] ?? join(cacheFolder, 'bundles'),
    NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(cacheFolder, 'compiled'),
  };
  await run(process.execPath, [join(root, app)], { cwd: root, env });
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
