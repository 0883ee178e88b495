import { Duration } from 'aws-cdk-lib';
import { metricsNamespace } from '../../lambda/contract/metrics.ts';
import type { PlanProps } from '../../lib/plan-props.ts';
import type { SandboxAccount } from '../../sandbox/account.ts';
import type { Effect, FaultMatch } from '../../sandbox/faults.ts';
import { assemblyOf, deployedFrom } from '../deployed-app.ts';
import { aPlan } from '../lib/deploy.ts';

export const hour = 3_600_000;
export const oncall = 'oncall@example.com';
export const owner = 'team1';

/** Hourly backups, pruned every two hours; a drill every three hours; every promise there is. */
const usualPlan: PlanProps = aPlan({
  tables: { matching: ['orders*'] },
  backup: { schedule: 'cron(0 * * * ? *)' },
  keep: { last: 4 },
  prune: { schedule: 'cron(15 0/2 * * ? *)', deletionCap: { perTableCount: 30 } },
  objectives: { recoveryPoint: Duration.hours(2), recoveryTime: Duration.hours(2) },
  pointInTimeRecovery: {},
  drill: { schedule: 'cron(30 0/3 * * ? *)', pick: 'all' },
});

/** Synthesizes the app of one plan as it would be deployed; returns its `cdk.out`. */
export function anAssembly(plan: PlanProps = usualPlan): string {
  const notify = { emails: [oncall], weeklySummary: false } as const;
  return assemblyOf({ owner, plans: { orders: plan }, notify }, 'App');
}

/** An account in which the app has run for a while, somebody listens, and all is well. */
export class AlarmedAccount {
  readonly account: SandboxAccount;
  readonly outputs: Readonly<Record<string, string>>;

  static async deployed(
    assembly: string,
    {
      confirmed = true,
      startAt = new Date('2026-11-20T00:10:00Z'),
      ...options
    }: {
      readonly confirmed?: boolean;
      readonly startAt?: Date;
      readonly seed?: number;
      readonly publishesQueueDepth?: boolean;
      readonly idleProcessLifeMs?: number;
      readonly journalCapacity?: number;
      readonly logCapacity?: number;
    } = {},
  ): Promise<AlarmedAccount> {
    const encrypted = { Enabled: true, SSEType: 'KMS', KMSMasterKeyId: 'ours' };
    const tables = [{ TableName: 'orders', SSESpecification: encrypted }];
    const { account, outputs } = await deployedFrom(assembly, { startAt, tables, ...options });
    if (confirmed) account.inbox.confirm(oncall);
    return new AlarmedAccount(account, outputs);
  }

  private constructor(account: SandboxAccount, outputs: Readonly<Record<string, string>>) {
    this.account = account;
    this.outputs = outputs;
  }

  run(hours: number): Promise<void> {
    return this.account.runFor(hours * hour);
  }

  stateOf(alarm: string): string | undefined {
    return this.account.alarms.get(`dynamodb-backups/${owner}/${alarm}`)?.state.value;
  }

  /** Names of what is in ALARM, without `dynamodb-backups/<owner>/`. */
  alarming(): string[] {
    const all = this.account.alarms.all.filter(({ state }) => state.value === 'ALARM');
    return all.map(({ name }) => name.slice(`dynamodb-backups/${owner}/`.length));
  }

  /** Subjects of the mails that called somebody: `ALARM: …`. */
  calls(): string[] {
    return this.account.inbox
      .messages(oncall)
      .flatMap(({ subject }) => (subject.startsWith('ALARM: ') ? [subject] : []));
  }

  /** Something goes wrong until the returned function is called. */
  fault(match: FaultMatch, effect: Effect): () => void {
    const fault = this.account.faults.add({ match, effect });
    return () => {
      this.account.faults.remove(fault);
    };
  }

  /** Puts a value beside those that the app publishes, as if it had been seen. */
  say(
    metric: string,
    value: number,
    namespace = metricsNamespace,
    dimensions: Readonly<Record<string, string>> = { Plan: 'orders' },
  ): void {
    this.account.metrics.put(namespace, metric, dimensions, { at: this.account.clock.now, value });
  }
}
