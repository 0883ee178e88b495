import { AwsError, validationError } from './aws-error.ts';
import type { VirtualClock } from './clock.ts';
import type { ApiCall, Service } from './front.ts';
import { Input, isRecord } from './input.ts';

/** A metric alarm as it was put. Its state is INSUFFICIENT_DATA for ever: alarms are kept here, not evaluated. */
export interface Alarm {
  readonly name: string;
  readonly arn: string;
  readonly members: Readonly<Record<string, unknown>>;
  readonly updatedAt: number;
}

const pageSize = 100;
const usualPageSize = 50;
/** Members of PutMetricAlarm that are no part of the alarm. */
const notDescribed = new Set(['Tags']);

interface AlarmsParts {
  readonly clock: VirtualClock;
  readonly region: string;
  readonly accountId: string;
}

/** The metric alarms of the account, by name. */
export class Alarms {
  readonly #parts: AlarmsParts;
  readonly #byName = new Map<string, Alarm>();

  constructor(parts: AlarmsParts) {
    this.#parts = parts;
  }

  get all(): Alarm[] {
    return [...this.#byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Creates an alarm, or replaces it. Takes the members of PutMetricAlarm. */
  put(members: Readonly<Record<string, unknown>>): Alarm {
    const input = new Input(members);
    const name = input.text('AlarmName', { min: 1, max: 255 });
    input.text('ComparisonOperator');
    if (input.optionalNumber('EvaluationPeriods', 1) === undefined)
      throw validationError('EvaluationPeriods must be given');
    if (members.MetricName === undefined && members.Metrics === undefined)
      throw validationError('Exactly one of MetricName and Metrics must be given');
    const { region, accountId, clock } = this.#parts;
    const arn = `arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}`;
    const alarm = { name, arn, members, updatedAt: clock.now };
    this.#byName.set(name, alarm);
    return alarm;
  }

  remove(name: string): boolean {
    return this.#byName.delete(name);
  }

  service(): Service {
    return {
      name: 'cloudwatch',
      contentType: 'application/x-amz-json-1.0',
      operations: {
        PutMetricAlarm: (call) => { this.put(call.input); }, // prettier-ignore
        DescribeAlarms: (call) => this.#describe(call),
        DescribeAlarmsForMetric: (call) => this.#describeForMetric(call),
        DeleteAlarms: (call) => { this.#delete(call); }, // prettier-ignore
      },
      errorBody: (error) => ({ __type: `com.amazonaws.cloudwatch#${error.name}`, message: error.message }),
    };
  }

  #describe(call: ApiCall): object {
    const input = new Input(call.input);
    const names = input.members.AlarmNames === undefined ? undefined : new Set(input.texts('AlarmNames'));
    const prefix = input.optionalText('AlarmNamePrefix') ?? '';
    const limit = input.optionalNumber('MaxRecords', 1, pageSize) ?? usualPageSize;
    const from = input.optionalText('NextToken') ?? '';
    const state = input.optionalText('StateValue') ?? 'INSUFFICIENT_DATA';
    const types = input.texts('AlarmTypes');
    const listed = state === 'INSUFFICIENT_DATA' && (types.length === 0 || types.includes('MetricAlarm'));
    const found = this.all.filter(
      ({ name }) => listed && name > from && name.startsWith(prefix) && (names?.has(name) ?? true),
    );
    const page = found.slice(0, limit);
    return {
      MetricAlarms: page.map(describe),
      CompositeAlarms: [],
      ...(found.length > limit && { NextToken: page.at(-1)?.name }),
    };
  }

  /** Alarms on exactly this metric: the same dimensions, none more and none less. */
  #describeForMetric(call: ApiCall): object {
    const input = new Input(call.input);
    const wanted = [input.text('Namespace'), input.text('MetricName'), dimensionsOf(call.input)];
    const sought = JSON.stringify(wanted);
    const narrowing = ['Statistic', 'ExtendedStatistic', 'Period', 'Unit'].filter(
      (each) => call.input[each] !== undefined,
    );
    const found = this.all.filter(
      ({ members }) =>
        JSON.stringify([members.Namespace, members.MetricName, dimensionsOf(members)]) === sought &&
        narrowing.every((each) => members[each] === call.input[each]),
    );
    return { MetricAlarms: found.map(describe) };
  }

  /** Alarms that exist are deleted even when others do not. */
  #delete(call: ApiCall): void {
    const names = new Input(call.input).texts('AlarmNames');
    if (names.length > pageSize) throw validationError(`At most ${pageSize} alarms can be deleted at once`);
    const missing = names.filter((name) => !this.remove(name));
    if (missing.length > 0) throw new AwsError('ResourceNotFound', `Unknown alarms: ${missing.join(', ')}`, 404);
  }
}

function dimensionsOf(members: Readonly<Record<string, unknown>>): string[] {
  const dimensions: unknown[] = Array.isArray(members.Dimensions) ? members.Dimensions : [];
  return dimensions
    .filter(isRecord)
    .map(({ Name, Value }) => JSON.stringify([Name, Value]))
    .sort();
}

function describe({ arn, members, updatedAt }: Alarm): object {
  const seconds = updatedAt / 1000;
  return {
    ActionsEnabled: true,
    OKActions: [],
    AlarmActions: [],
    InsufficientDataActions: [],
    Dimensions: [],
    ...Object.fromEntries(Object.entries(members).filter(([name]) => !notDescribed.has(name))),
    AlarmArn: arn,
    AlarmConfigurationUpdatedTimestamp: seconds,
    StateValue: 'INSUFFICIENT_DATA',
    StateReason: 'Unchecked: Initial alarm creation',
    StateUpdatedTimestamp: seconds,
  };
}
