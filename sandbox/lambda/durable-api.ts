import type { ApiCall, Operation } from '../front.ts';
import { Input, isRecord } from '../input.ts';
import type { DurableExecution, HistoryEvent } from './durable-execution.ts';
import { pageSize } from './durable-executions.ts';
import type { Functions } from './functions.ts';
import { epochSeconds } from './timestamps.ts';

const largestPage = 1000;

interface Page<Row> {
  readonly rows: readonly Row[];
  readonly NextMarker: string | undefined;
}

/** A page of rows; markers are positions, which is enough for lists that only grow. */
function paged<Row>(rows: readonly Row[], input: Input): Page<Row> {
  const wanted = Number(input.optionalText('MaxItems') ?? 0);
  const size = wanted === 0 ? pageSize : Math.min(wanted, largestPage);
  const from = Number(input.optionalText('Marker', { pattern: /^\d+$/ }) ?? 0);
  const end = from + size;
  return { rows: rows.slice(from, end), NextMarker: end < rows.length ? String(end) : undefined };
}

function isAsked(input: Input, field: string, byDefault: boolean): boolean {
  return (input.optionalText(field) ?? String(byDefault)) === 'true';
}

function checkpoint(functions: Functions, call: ApiCall): unknown {
  const input = new Input(call.input);
  const { token, changed } = functions.executions.checkpoint(
    input.text('DurableExecutionArn'),
    input.text('CheckpointToken', { min: 1, max: 2048 }),
    input.optionalText('ClientToken'),
    call.input.Updates,
  );
  return epochSeconds({ CheckpointToken: token, NewExecutionState: { Operations: changed } });
}

function state(functions: Functions, call: ApiCall): unknown {
  const input = new Input(call.input);
  const execution = functions.executions.find(input.text('DurableExecutionArn'));
  execution.checkToken(input.text('CheckpointToken'));
  const { rows, NextMarker } = paged(execution.state(), input);
  return epochSeconds({ Operations: rows, NextMarker });
}

function summary(execution: DurableExecution): object {
  const { start, arn, name, status, endedAt } = execution;
  return {
    DurableExecutionArn: arn,
    DurableExecutionName: name,
    FunctionArn: start.invokedArn,
    Status: status,
    StartTimestamp: start.startedAt,
    EndTimestamp: endedAt,
  };
}

function get(functions: Functions, call: ApiCall): unknown {
  const input = new Input(call.input);
  const execution = functions.executions.find(input.text('DurableExecutionArn'));
  const { start, result, error } = execution;
  const isIncluded = isAsked(input, 'IncludeExecutionData', true);
  return epochSeconds({
    ...summary(execution),
    Version: start.version,
    DurableConfig: {
      ExecutionTimeout: start.config.executionTimeoutSeconds,
      RetentionPeriodInDays: start.config.retentionDays,
    },
    ExecutionDataIncluded: isIncluded,
    ...(isIncluded && { InputPayload: start.input, Result: result, Error: error }),
  });
}

/** The event without what the function's data say: inputs, results and errors lose their payloads. */
function withoutData(event: HistoryEvent): unknown {
  return Object.fromEntries(
    Object.entries(event).map(([name, details]) => [
      name,
      isRecord(details)
        ? Object.fromEntries(
            Object.entries(details).map(([part, value]) => [
              part,
              isRecord(value) && 'Payload' in value ? { ...value, Payload: undefined } : value,
            ]),
          )
        : details,
    ]),
  );
}

function history(functions: Functions, call: ApiCall): unknown {
  const input = new Input(call.input);
  const { history: events } = functions.executions.find(input.text('DurableExecutionArn'));
  const ordered = isAsked(input, 'ReverseOrder', false) ? events.toReversed() : events;
  const { rows, NextMarker } = paged(ordered, input);
  const shown = isAsked(input, 'IncludeExecutionData', true) ? rows : rows.map(withoutData);
  return epochSeconds({ Events: shown, NextMarker });
}

function list(functions: Functions, call: ApiCall): unknown {
  const input = new Input(call.input);
  const qualifier = input.optionalText('Qualifier');
  const { definition } = functions.target(input.text('FunctionName'), qualifier);
  const name = input.optionalText('DurableExecutionName');
  const statuses = [call.input.Statuses ?? []].flat();
  const [after, before] = ['StartedAfter', 'StartedBefore'].map((field) => Date.parse(input.optionalText(field) ?? ''));
  const found = functions.executions.of(definition.name).filter(
    ({ start, status }) =>
      (qualifier === undefined || start.version === definition.version) &&
      (name === undefined || start.name === name) &&
      (statuses.length === 0 || statuses.includes(status)) &&
      // Without a bound the comparison is with NaN, which is never true.
      !(start.startedAt <= Number(after)) &&
      !(start.startedAt >= Number(before)),
  );
  const ordered = isAsked(input, 'ReverseOrder', false) ? found : found.toReversed();
  const { rows, NextMarker } = paged(ordered.map(summary), input);
  return epochSeconds({ DurableExecutions: rows, NextMarker });
}

function stop(functions: Functions, call: ApiCall): unknown {
  const input = new Input(call.input);
  const { ErrorMessage, ErrorType, ErrorData } = call.input;
  const texts = Object.entries({ ErrorMessage, ErrorType, ErrorData }).filter(([, text]) => typeof text === 'string');
  const stoppedAt = functions.executions.stop(input.text('DurableExecutionArn'), Object.fromEntries(texts));
  return epochSeconds({ StopTimestamp: stoppedAt });
}

/** What the Lambda API does with durable executions, beside starting them. */
export function durableOperations(functions: Functions): Readonly<Record<string, Operation>> {
  return {
    CheckpointDurableExecution: (call) => checkpoint(functions, call),
    GetDurableExecutionState: (call) => state(functions, call),
    GetDurableExecution: (call) => get(functions, call),
    GetDurableExecutionHistory: (call) => history(functions, call),
    ListDurableExecutionsByFunction: (call) => list(functions, call),
    StopDurableExecution: (call) => stop(functions, call),
  };
}
