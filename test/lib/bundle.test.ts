import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { App } from 'aws-cdk-lib';
import { BackupStack } from '../../lib/backup-stack.ts';
import { bundleCacheVariable } from '../../lib/constructs/bundle-cache.ts';
import { aPlan, env } from './deploy.ts';

describe('the bundles', () => {
  let first: string;
  let second: string;
  beforeAll(() => {
    // One may have been made before, by another process; the other is made anew, as in every deployment.
    first = bundle();
    Reflect.deleteProperty(process.env, bundleCacheVariable);
    second = bundle();
  }, 60_000);
  afterAll(() => {
    for (const outdir of [first, second]) rmSync(outdir, { recursive: true });
  });

  test('[C11] built twice are the same to the byte, so a bundle that differs was not built from this source', () => {
    expect(hashesOf(first)).toHaveLength(2);
    expect(hashesOf(first)).toEqual(hashesOf(second));
  });

  test('say nothing of the machine that built them', () => {
    for (const code of bundlesOf(second)) expect(readFileSync(code, 'utf8')).not.toContain(process.cwd());
  });

  test('bring everything along but Node itself, and a signer the SDK does without', () => {
    const optional = ['@aws-sdk/signature-v4-crt'];
    for (const code of bundlesOf(second)) {
      const required = [...readFileSync(code, 'utf8').matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name = '']) => name);
      expect(required).toContain('node:crypto');
      expect(required.filter((name) => !isBuiltin(name) && !optional.includes(name))).toEqual([]);
    }
  });
});

function bundle(): string {
  const outdir = mkdtempSync(join(tmpdir(), 'bundle-'));
  const app = new App({ outdir, analyticsReporting: false, builtinCloudFormationValidation: false });
  new BackupStack(app, 'Backups', { env, plans: { orders: aPlan() } });
  app.synth();
  return outdir;
}

function bundlesOf(outdir: string): string[] {
  const assets = readdirSync(outdir).filter((name) => name.startsWith('asset.'));
  return assets.sort().map((name) => join(outdir, name, 'index.js'));
}

function hashesOf(outdir: string): string[] {
  return bundlesOf(outdir).map((code) => createHash('sha256').update(readFileSync(code)).digest('hex'));
}
