import { writeFileSync } from 'node:fs';
import type { BackupSummary } from '@aws-sdk/client-dynamodb';
import { Account } from './account.ts';
import { Cdk, type Deployment } from './cdk.ts';
import { DeployedApp, type PlanJob, type ScheduleEvent } from './deployed.ts';
import type { Emulator } from './emulator/emulator.ts';
import { coveredTables } from './environment.ts';
import { Monitoring } from './monitoring.ts';
import { logFile } from './places.ts';

/** What the steps of one run share. Reading what no step has made yet is an error. */
export class World {
  /** A directory of this run. */
  readonly scratch: string;
  #emulator: Emulator | undefined;
  #assembly: string | undefined;
  #app: DeployedApp | undefined;
  #onCall: string | undefined;
  /** Backups nobody but their maker may delete, by what they are. */
  readonly foreignBackups = new Map<string, string>();

  constructor(scratch: string) {
    this.scratch = scratch;
  }

  get emulator(): Emulator {
    return made(this.#emulator, 'the emulator');
  }
  set emulator(emulator: Emulator) {
    this.#emulator = emulator;
  }

  /** The directory of the synthesized app. */
  get assembly(): string {
    return made(this.#assembly, 'the synthesized app');
  }
  set assembly(directory: string) {
    this.#assembly = directory;
  }

  get app(): DeployedApp {
    return made(this.#app, 'the deployed app');
  }

  /** URL of the queue that hears the alarms. */
  get onCall(): string {
    return made(this.#onCall, 'the queue of who is on call');
  }
  set onCall(queueUrl: string) {
    this.#onCall = queueUrl;
  }

  get monitoring(): Monitoring {
    return new Monitoring(this.emulator);
  }

  get cdk(): Cdk {
    return new Cdk(this.emulator, this.scratch);
  }

  get account(): Account {
    return new Account(this.emulator);
  }

  deployed(deployment: Deployment): void {
    this.#app = new DeployedApp(deployment, this.emulator);
  }

  /** The backups of each covered table that the deployment took, oldest first. */
  async ownBackups(): Promise<BackupSummary[][]> {
    const foreign = new Set(this.foreignBackups.values());
    const isOwn = ({ BackupArn = '' }: BackupSummary) => !foreign.has(BackupArn);
    return await Promise.all(coveredTables.map(async (table) => (await this.account.backups(table)).filter(isOwn)));
  }

  /** The event a schedule would deliver for a slot. */
  async eventFor(job: PlanJob, slot: Date): Promise<ScheduleEvent> {
    return {
      ...(await this.app.scheduleEvent(job)),
      slot: slot.toISOString().replace('.000Z', 'Z'),
      schedule: 'by hand',
    };
  }

  /** Keeps what the emulator wrote beyond the run, for somebody who looks for a fault. */
  saveLog(): string {
    const file = logFile();
    writeFileSync(file, this.#emulator?.log ?? '');
    return file;
  }

  /** Ends the emulator, if it was started. */
  async close(): Promise<void> {
    await this.#emulator?.stop();
  }
}

function made<T>(thing: T | undefined, what: string): T {
  if (thing === undefined) throw new Error(`${what} is not there yet`);
  return thing;
}
