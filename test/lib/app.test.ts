import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

const root = resolve(import.meta.dirname, '../..');

let outdir: string;
beforeEach(() => {
  outdir = mkdtempSync(join(tmpdir(), 'cdk-out-'));
});
afterEach(() => {
  rmSync(outdir, { recursive: true });
});

describe('the app as cdk.json runs it', () => {
  test('synthesizes a stack for backups, one for drills and one that watches, and cdk-nag has nothing to say about them', () => {
    synthesize({});

    expect(report()).toMatchObject({ pluginReports: [] });
    expect(templates()).toHaveLength(3);
  });

  test('deploys to each Region of a list', () => {
    synthesize({ account: '123456789012', regions: 'eu-west-1,us-gov-west-1' });

    expect(templates().map((template) => /arn:[a-z-]+:dynamodb:[a-z0-9-]+:/.exec(template)?.[0])).toEqual([
      'arn:aws:dynamodb:eu-west-1:',
      'arn:aws-us-gov:dynamodb:us-gov-west-1:',
      'arn:aws:dynamodb:eu-west-1:',
      'arn:aws-us-gov:dynamodb:us-gov-west-1:',
      'arn:aws:dynamodb:eu-west-1:',
      'arn:aws-us-gov:dynamodb:us-gov-west-1:',
    ]);
  });
});

/**
 * Runs the app's own command as the CDK CLI does: settings in the environment, result in a folder. Functions are not bundled and
 * CloudFormation's schemas not consulted: `npm run synth` does both.
 */
function synthesize(context: Record<string, string>): void {
  const { app, context: settings } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')) as {
    app: string;
    context: object;
  };
  const [command = '', ...args] = app.split(' ');
  execFileSync(command, args, {
    cwd: root,
    stdio: 'pipe',
    env: {
      PATH: process.env.PATH,
      CDK_OUTDIR: outdir,
      CDK_CONTEXT_JSON: JSON.stringify({ ...settings, ...context, 'aws:cdk:bundling-stacks': [] }),
      CDK_VALIDATION: 'false',
    },
  });
}

function report(): unknown {
  return JSON.parse(readFileSync(join(outdir, 'validation-report.json'), 'utf8'));
}

function templates(): string[] {
  const names = readdirSync(outdir).filter((name) => name.endsWith('.template.json'));
  return names.sort().map((name) => readFileSync(join(outdir, name), 'utf8'));
}
