import { GetDurableExecutionCommand, InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { Plan } from '../domain/plan.ts';
import type { Executions, ExecutionState } from '../jobs/drill/ports.ts';
import { failureOf } from './failures.ts';

/** The drills of one slot: of a plan's backups, or of its copies in one vault. */
export interface DrillsOfSlot {
  readonly plan: Plan;
  readonly slot: Date;
  /** ARN of the vault. */
  readonly copiesIn?: string | undefined;
}

/** Starts drills of one slot of a plan; `functionArn` is that of an alias, for executions stay with the version they began with. */
export function drillExecutions(client: LambdaClient, functionArn: string, drills: DrillsOfSlot): Executions {
  return {
    async start(name, table) {
      try {
        await client.send(
          new InvokeCommand({
            FunctionName: functionArn,
            InvocationType: 'Event',
            DurableExecutionName: name,
            Payload: JSON.stringify({ ...drills, table }),
          }),
        );
        return { kind: 'started' };
      } catch (error) {
        const isStarted = error instanceof Error && error.name === 'DurableExecutionAlreadyStartedException';
        return isStarted ? { kind: 'already-started' } : { kind: 'failed', failure: failureOf(error) };
      }
    },
  };
}

/** A process outlives its execution when that is stopped or times out: by 15 minutes at most, as long as a function may run. */
const longestProcessMilliseconds = 16 * 60_000;

/** Whether a durable execution still runs. > One that was stopped counts as running for as long as its last process may act. */
export async function executionStateOf(client: LambdaClient, executionArn: string, now: Date): Promise<ExecutionState> {
  try {
    const { Status, EndTimestamp } = await client.send(
      new GetDurableExecutionCommand({ DurableExecutionArn: executionArn }),
    );
    if (Status === 'RUNNING') return 'running';
    if (Status === undefined || EndTimestamp === undefined) return 'unknown';
    return now.getTime() - EndTimestamp.getTime() < longestProcessMilliseconds ? 'running' : 'ended';
  } catch (error) {
    return failureOf(error).kind === 'missing' ? 'forgotten' : 'unknown';
  }
}
