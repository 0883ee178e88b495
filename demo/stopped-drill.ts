import {
  GetDurableExecutionCommand,
  LambdaClient,
  ListDurableExecutionsByFunctionCommand,
  StopDurableExecutionCommand,
} from '@aws-sdk/client-lambda';
import type { SandboxAccount } from '../sandbox/account.ts';
import { hourMs } from './incidents.ts';

const lookEveryMs = 60_000;

/** A drill that somebody stopped while its table was being restored: no code of the drill ran any more. */
export class StoppedDrill {
  readonly at: number;
  readonly plan: string;
  /** The table that was drilled. */
  readonly table: string;
  /** The drill table that was left behind. */
  readonly leftTable: string;
  /** When that table was gone, to the minute. */
  goneAt: number | undefined;

  private constructor(account: SandboxAccount, plan: string, table: string, leftTable: string) {
    this.at = account.clock.now;
    this.plan = plan;
    this.table = table;
    this.leftTable = leftTable;
    this.#watch(account);
  }

  /** Stops the running drill of a plan; undefined when none restores a table. */
  static async stop(account: SandboxAccount, drillFunction: string, plan: string): Promise<StoppedDrill | undefined> {
    const client = account.client(LambdaClient);
    const list = new ListDurableExecutionsByFunctionCommand({ FunctionName: drillFunction, Statuses: ['RUNNING'] });
    const { DurableExecutions: running = [] } = await client.send(list);
    for (const { DurableExecutionArn } of running) {
      const { InputPayload = '{}' } = await client.send(new GetDurableExecutionCommand({ DurableExecutionArn }));
      const order = JSON.parse(InputPayload) as { plan: { name: string }; table: string };
      if (order.plan.name !== plan) continue;
      await client.send(new StopDurableExecutionCommand({ DurableExecutionArn }));
      const left = account.dynamodb.restores.all.findLast(({ backupArn }) =>
        backupArn?.includes(`:table/${order.table}/`),
      );
      return left && left.startedAt > account.clock.now - hourMs
        ? new StoppedDrill(account, plan, order.table, left.tableName)
        : undefined;
    }
    return undefined;
  }

  #watch({ clock, dynamodb }: SandboxAccount): void {
    const look = (): void => {
      if (dynamodb.tables.get(this.leftTable)) clock.after(lookEveryMs, look);
      else this.goneAt = clock.now;
    };
    look();
  }
}
