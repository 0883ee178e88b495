import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbLedger } from '../lambda/aws/dynamodb-ledger.ts';
import { metricDimensions, metricsNamespace, pruneMetrics } from '../lambda/contract/metrics.ts';
import { permittedUntil } from '../lambda/domain/deletion-permission.ts';
import { hashOfPlan } from '../lambda/domain/plan-hash.ts';
import type { Plan } from '../lambda/domain/plan.ts';
import type { SandboxAccount } from '../sandbox/account.ts';

/** What the operator did about prune runs that the deletion cap had stopped. */
export interface OperatorStep {
  readonly at: number;
  readonly plan: string;
  readonly expired: number;
  readonly allowed: number;
}

/** The person on call, who looks at the metrics once a day and acts through the ledger. */
export class Operator {
  readonly #account: SandboxAccount;
  readonly #ledger: DynamoDbLedger;
  readonly steps: OperatorStep[] = [];

  constructor(account: SandboxAccount, ledgerTableName: string) {
    this.#account = account;
    this.#ledger = new DynamoDbLedger(account.client(DynamoDBClient), ledgerTableName);
  }

  /** Allows, for the next run, what the cap stopped and as much as it lets go anyway. */
  async lookAfter(plan: Plan): Promise<void> {
    if (this.#latest(plan, pruneMetrics.limitExceeded) !== 1) return;
    const expired = this.#latest(plan, pruneMetrics.expired) ?? 0;
    const allowed = expired + plan.prune.deletionCap.perTableCount;
    const { now } = this.#account;
    await this.#ledger.allowDeletions(plan.name, hashOfPlan(plan), allowed, permittedUntil(plan, now));
    this.steps.push({ at: now.getTime(), plan: plan.name, expired, allowed });
  }

  #latest(plan: Plan, metric: string): number | undefined {
    return this.#account.metrics.latest(metricsNamespace, metric, { [metricDimensions.plan]: plan.name });
  }
}
