import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Emulator } from './emulator/emulator.ts';
import { account, region } from './environment.ts';
import { projectRoot } from './places.ts';
import { run } from './processes.ts';

const outputsSchema = z.object({
  LedgerTableName: z.string(),
  BackupFunctionName: z.string(),
  PruneFunctionName: z.string(),
  ScheduleGroupName: z.string(),
  FailedRunsUrl: z.url(),
  DrillStartFunctionName: z.string(),
  DrillFunctionName: z.string(),
  SweepFunctionName: z.string(),
  WatchFunctionName: z.string(),
  AlarmTopicArn: z.string(),
});

/** What the deployed stacks say of themselves. */
export type Deployment = z.output<typeof outputsSchema>;

/** The CDK CLI of this project, pointed at an emulated account. */
export class Cdk {
  readonly #emulator: Emulator;
  readonly #scratch: string;

  constructor(emulator: Emulator, scratch: string) {
    this.#emulator = emulator;
    this.#scratch = scratch;
  }

  async bootstrap(): Promise<void> {
    await this.#cdk('bootstrap', `aws://${account}/${region}`);
  }

  /** Synthesizes the app into the directory returned. */
  async synth(): Promise<string> {
    const assembly = join(this.#scratch, 'cdk.out');
    await this.#cdk('synth', '--quiet', '--app', appCommand, '--output', assembly);
    return assembly;
  }

  async deploy(assembly: string): Promise<Deployment> {
    const outputsFile = join(this.#scratch, 'outputs.json');
    // Moto loses the outputs of a stack that a change set creates.
    const method = this.#emulator.name === 'moto' ? 'direct' : 'change-set';
    await this.#cdk(
      'deploy',
      '--all',
      '--app',
      assembly,
      '--require-approval',
      'never',
      '--outputs-file',
      outputsFile,
      '--method',
      method,
    );
    const byStack = z.record(z.string(), z.looseObject({})).parse(JSON.parse(readFileSync(outputsFile, 'utf8')));
    return outputsSchema.parse(Object.assign({}, ...Object.values(byStack)));
  }

  async destroy(assembly: string): Promise<void> {
    await this.#cdk('destroy', '--all', '--force', '--app', assembly);
  }

  async #cdk(...args: readonly string[]): Promise<void> {
    const cli = join(projectRoot, 'node_modules', 'aws-cdk', 'bin', 'cdk');
    await run({
      file: node,
      args: [cli, ...args, ...quietly],
      env: { ...this.#emulator.clientEnvironment, ...talkingToNobodyElse, HOME: this.#scratch },
      // Away from cdk.json: bootstrapping needs no app.
      cwd: this.#scratch,
    });
  }
}

const node = join(projectRoot, 'node_modules', '.bin', 'node');
const appCommand = `node "${join(projectRoot, 'e2e', 'app.ts')}"`;
const quietly = ['--no-notices', '--no-version-reporting', '--no-color'];
const talkingToNobodyElse = { CDK_DISABLE_CLI_TELEMETRY: 'true', CDK_DISABLE_VERSION_CHECK: 'true' } as const;
