import { CreateBackupCommand, DeleteTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { planSchema, type Plan } from '../lambda/domain/plan.ts';
import { SandboxAccount } from '../sandbox/account.ts';
import { dayMs, hourMs, planIncidents, type FunctionNames, type PlannedIncident } from './incidents.ts';
import { Operator } from './operator.ts';
import { accountId, region, startAt } from './start.ts';
import { DemoTables, demoTables, doomedTable } from './tables.ts';
import { Witness } from './witness.ts';

export interface LifeOptions {
  /** Folder of the synthesized app. */
  readonly assembly: string;
  readonly days: number;
  readonly seed: number;
  /** Called after every day. */
  readonly onDay?: (day: number, life: Life) => void;
}

/** Backups that people made by hand; nothing of ours may ever delete them. */
export const handmadeNames: readonly string[] = ['before-migration', 'by-hand-2026'];

const weekDays = 7;

/** The demo's account and what was seen and done in it. */
export class Life {
  readonly account: SandboxAccount;
  readonly witness: Witness;
  readonly plans: ReadonlyMap<string, Plan>;
  readonly incidents: readonly PlannedIncident[];
  readonly operator: Operator;
  readonly functions: FunctionNames;
  readonly tables: DemoTables;
  readonly startedAt: number;
  readonly days: number;
  tableDeletedAt: number | undefined;

  private constructor(
    account: SandboxAccount,
    tables: DemoTables,
    outputs: Readonly<Record<string, string>>,
    days: number,
  ) {
    this.account = account;
    this.tables = tables;
    this.days = days;
    this.startedAt = startAt.getTime();
    this.functions = { backup: outputs.BackupFunctionName ?? '', prune: outputs.PruneFunctionName ?? '' };
    this.witness = new Witness(account);
    this.plans = plansOf(account);
    this.incidents = planIncidents(account, this.functions, days);
    this.operator = new Operator(account, outputs.LedgerTableName ?? '');
  }

  /** Deploys the app beside tables that are there already, and lives. */
  static async live({ assembly, days, seed, onDay }: LifeOptions): Promise<Life> {
    const account = new SandboxAccount({
      accountId,
      region,
      seed,
      startAt: new Date(startAt.getTime() - hourMs),
      ...economical,
    });
    const tables = new DemoTables(account);
    await tables.create();
    await account.runUntil(startAt);
    const [outputs = {}] = Object.values(await account.deploy(assembly));
    const life = new Life(account, tables, outputs, days);
    for (let day = 1; day <= days; day++) {
      await life.#liveDay(day - 1);
      onDay?.(day, life);
    }
    return life;
  }

  get endsAt(): number {
    return this.startedAt + this.days * dayMs;
  }

  /** A day's few events outside the schedules, then the rest of the day. */
  async #liveDay(day: number): Promise<void> {
    const midnight = this.startedAt + day * dayMs;
    if (day === 0) await this.#atHour(midnight, 0.5, () => this.#backUpByHand('orders', 'before-migration'));
    if (day === Math.floor(0.25 * this.days))
      await this.#atHour(midnight, 6.4, () => this.#backUpByHand('invoices', 'by-hand-2026'));
    if (day === Math.floor(0.57 * this.days)) await this.#atHour(midnight, 7.5, () => this.#deleteTable());
    await this.#atHour(midnight, 9, () => this.#operate());
    if (day % weekDays === 0) await this.#atHour(midnight, 10.4, () => this.#writeItems());
    await this.account.runUntil(new Date(midnight + dayMs));
  }

  async #atHour(midnight: number, hour: number, act: () => Promise<void>): Promise<void> {
    await this.account.runUntil(new Date(midnight + hour * hourMs));
    await act();
  }

  async #operate(): Promise<void> {
    for (const plan of this.plans.values()) await this.operator.lookAfter(plan);
  }

  async #writeItems(): Promise<void> {
    for (const { name } of demoTables) {
      if (this.account.dynamodb.tables.get(name)) await this.tables.write(name);
    }
  }

  async #deleteTable(): Promise<void> {
    await this.account.client(DynamoDBClient).send(new DeleteTableCommand({ TableName: doomedTable }));
    this.tableDeletedAt = this.account.now.getTime();
  }

  async #backUpByHand(TableName: string, BackupName: string): Promise<void> {
    await this.account.client(DynamoDBClient).send(new CreateBackupCommand({ TableName, BackupName }));
  }
}

/** Nothing is remembered that the summary does not need, and processes stay warm. */
const economical = { journalCapacity: 0, logCapacity: 50, idleProcessLifeMs: 400 * dayMs };

/** The plans as the deployed schedules carry them. */
function plansOf({ schedules }: SandboxAccount): ReadonlyMap<string, Plan> {
  const plans = schedules.all.map(({ input }) =>
    planSchema.parse((JSON.parse(input ?? '{}') as { plan: unknown }).plan),
  );
  return new Map(plans.map((plan) => [plan.name, plan]));
}
