import { CreateBackupCommand, DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { planSchema, type Plan } from '../lambda/domain/plan.ts';
import type { AccountOptions } from '../sandbox/account-options.ts';
import { SandboxAccount } from '../sandbox/account.ts';
import { usualRestoreTime, type RestoreModel } from '../sandbox/dynamodb/restore-time.ts';
import type { DrillResult } from '../lambda/jobs/drill/drill-result.ts';
import { readDrills } from './drills.ts';
import { dayMs, dayOf, hourMs, planIncidents, type FunctionNames, type PlannedIncident } from './incidents.ts';
import { Operator } from './operator.ts';
import { DemoTables } from './seeded-tables.ts';
import { accountId, onCallAddress, startAt } from './start.ts';
import { StoppedDrill } from './stopped-drill.ts';
import { tablesOf, type Story } from './stories.ts';
import { switchOff, type SwitchedOff } from './switched-off.ts';
import { doomedTable, type DemoTable } from './tables.ts';
import { Witness } from './witness.ts';

export interface LifeOptions {
  /** Folder of the synthesized app. */
  readonly assembly: string;
  readonly story: Story;
  readonly days: number;
  readonly seed: number;
  /** Called after every day. */
  readonly onDay?: (day: number, life: Life) => void;
  /** What the account is set up with instead of what is economical. */
  readonly account?: AccountOptions;
}

/** Backups that people made by hand; nothing of ours may ever delete them. */
export const handmadeNames: readonly string[] = ['before-migration', 'by-hand-2026'];

/** The plan whose drill somebody stops, and when: its restore has begun by then and takes longer. */
const stoppedPlan = 'nightly';
const stoppedAtHour = 6 + 75 / 3600;

const weekDays = 7;

/** The demo's account in one Region, and what was seen and done in it. */
export class Life {
  readonly story: Story;
  /** The tables that people have, whatever became of them. */
  readonly demoTables: readonly DemoTable[];
  readonly account: SandboxAccount;
  readonly witness: Witness;
  readonly plans: ReadonlyMap<string, Plan>;
  readonly incidents: readonly PlannedIncident[];
  readonly operator: Operator;
  readonly functions: FunctionNames;
  readonly tables: DemoTables;
  readonly startedAt: number;
  readonly days: number;
  /** The TableId of every table there was when the story began, the ledger among them. */
  readonly firstTables: ReadonlyMap<string, string>;
  /** When the doomed table was deleted by hand, and its TableId then. */
  tableDeletedAt: number | undefined;
  deletedTableId: string | undefined;
  stoppedDrill: StoppedDrill | undefined;
  switchedOff: SwitchedOff | undefined;
  /** Every drill that the ledger remembered in the end. */
  drills: readonly DrillResult[] = [];
  readonly #ledgerTableName: string;

  private constructor(
    account: SandboxAccount,
    tables: DemoTables,
    outputs: Awaited<ReturnType<SandboxAccount['deploy']>>,
    days: number,
    story: Story,
  ) {
    const outputsOf = (stack: string) => outputs[`${story.deployment}-${stack}`] ?? {};
    const [backup, drill, monitoring] = [outputsOf('Backup'), outputsOf('Drill'), outputsOf('Monitoring')];
    this.story = story;
    this.demoTables = tablesOf(story);
    this.account = account;
    this.tables = tables;
    this.days = days;
    this.startedAt = startAt.getTime();
    this.functions = {
      backup: backup.BackupFunctionName ?? '',
      prune: backup.PruneFunctionName ?? '',
      drill: drill.DrillFunctionName ?? '',
      sweep: drill.SweepFunctionName ?? '',
      watch: monitoring.WatchFunctionName ?? '',
      summary: monitoring.SummaryFunctionName ?? '',
    };
    this.firstTables = new Map(account.dynamodb.tables.all.map(({ name, id }) => [name, id]));
    this.witness = new Witness(account);
    this.plans = plansOf(account);
    this.incidents = planIncidents(account, this.functions, days, story);
    this.#ledgerTableName = backup.LedgerTableName ?? '';
    this.operator = new Operator(account, this.#ledgerTableName);
  }

  /** Deploys the app beside tables that are there already, and lives. */
  static async live({ assembly, story, days, seed, onDay, account: options }: LifeOptions): Promise<Life> {
    const account = new SandboxAccount({
      accountId,
      region: story.region,
      seed,
      startAt: new Date(startAt.getTime() - hourMs),
      restoreTime: quickRestores,
      ...economical,
      ...options,
    });
    const tables = new DemoTables(account, tablesOf(story));
    await tables.create();
    await account.runUntil(startAt);
    const life = new Life(account, tables, await account.deploy(assembly), days, story);
    if (story.isWatched) account.inbox.confirm(onCallAddress);
    for (let day = 1; day <= days; day++) {
      await life.#liveDay(day - 1);
      onDay?.(day, life);
    }
    life.drills = await readDrills(account, life.#ledgerTableName, life.demoTables);
    return life;
  }

  get endsAt(): number {
    return this.startedAt + this.days * dayMs;
  }

  /** A day's few events outside the schedules, then the rest of the day. */
  async #liveDay(day: number): Promise<void> {
    const midnight = this.startedAt + day * dayMs;
    this.tables.grow(day / this.days);
    const { plans, isWatched } = this.story;
    if (day === 0 && plans.includes('hourly'))
      await this.#atHour(midnight, 0.5, () => this.#backUpByHand('orders', 'before-migration'));
    if (plans.includes('nightly')) await this.#liveShopDay(day, midnight);
    await this.#atHour(midnight, 9, () => this.#operate());
    if (day % weekDays === 0) await this.#atHour(midnight, 10.4, () => this.#writeItems());
    if (isWatched && day > 0 && day === Math.floor(0.5 * this.days))
      await this.#atHour(midnight, 12.2, () => this.#switchOff());
    await this.account.runUntil(new Date(midnight + dayMs));
  }

  async #liveShopDay(day: number, midnight: number): Promise<void> {
    const drill = { plan: stoppedPlan, job: 'drill-start' } as const;
    if (day === dayOf(this.account, drill, this.startedAt, Math.floor(0.15 * this.days)))
      await this.#atHour(midnight, stoppedAtHour, () => this.#stopDrill());
    if (day === Math.floor(0.25 * this.days))
      await this.#atHour(midnight, 6.4, () => this.#backUpByHand('invoices', 'by-hand-2026'));
    if (day === Math.floor(0.57 * this.days)) await this.#atHour(midnight, 7.5, () => this.#deleteTable());
  }

  async #atHour(midnight: number, hour: number, act: () => Promise<void>): Promise<void> {
    await this.account.runUntil(new Date(midnight + hour * hourMs));
    await act();
  }

  async #operate(): Promise<void> {
    for (const plan of this.plans.values()) await this.operator.lookAfter(plan);
  }

  async #writeItems(): Promise<void> {
    for (const { name } of this.demoTables) {
      if (this.account.dynamodb.tables.get(name)) await this.tables.write(name);
    }
  }

  async #switchOff(): Promise<void> {
    this.switchedOff = await switchOff(this.account, 'hourly');
  }

  async #stopDrill(): Promise<void> {
    this.stoppedDrill = await StoppedDrill.stop(this.account, this.functions.drill, stoppedPlan);
  }

  async #deleteTable(): Promise<void> {
    this.deletedTableId = this.account.dynamodb.tables.get(doomedTable)?.id;
    await this.account.client(DynamoDBClient).send(new DeleteTableCommand({ TableName: doomedTable }));
    this.tableDeletedAt = this.account.now.getTime();
  }

  async #backUpByHand(TableName: string, BackupName: string): Promise<void> {
    await this.account.client(DynamoDBClient).send(new CreateBackupCommand({ TableName, BackupName }));
  }
}

/** The quickest quarter of what the sandbox takes for usual: a drill asks every 12 seconds, and every drill of that takes its time. */
const quickRestores: RestoreModel = (work, random) => usualRestoreTime(work, () => random() / 4);

/** Nothing is remembered that the summary does not need, processes stay warm, calls go the short way, and a big backup is not waited for longer than a small one. */
const economical = {
  sendsShort: true,
  journalCapacity: 0,
  logCapacity: 50,
  idleProcessLifeMs: 400 * dayMs,
  backupCreationMs: () => 50,
};

/** The plans as the deployed schedules of single plans carry them. */
function plansOf({ schedules }: SandboxAccount): ReadonlyMap<string, Plan> {
  const inputs = schedules.all.map(({ input }) => JSON.parse(input ?? '{}') as { plan?: unknown });
  const plans = inputs.flatMap(({ plan }) => (plan === undefined ? [] : planSchema.parse(plan)));
  return new Map(plans.map((plan) => [plan.name, plan]));
}
