import { validationError } from '../aws-error.ts';
import type { ApiCall, Service } from '../front.ts';
import { Input, isRecord } from '../input.ts';
import type { EventBus, Rule, RuleTarget } from './event-bus.ts';

const mostEntries = 10;

interface EntryResult {
  readonly EventId?: string;
  readonly ErrorCode?: string;
  readonly ErrorMessage?: string;
}

/** > Each entry is accepted or refused for itself. Source: EventBridge API reference, PutEvents. */
function putEvents(bus: EventBus, call: ApiCall): object {
  const entries = new Input(call.input).structures('Entries');
  if (entries.length === 0 || entries.length > mostEntries)
    throw validationError(`Entries must have from 1 to ${mostEntries} members, got ${entries.length}`);
  const results = entries.map((entry) => putEntry(bus, entry));
  return { FailedEntryCount: results.filter(({ ErrorCode }) => ErrorCode !== undefined).length, Entries: results };
}

function putEntry(bus: EventBus, entry: Input): EntryResult {
  const refused = (ErrorCode: string, ErrorMessage: string): EntryResult => ({ ErrorCode, ErrorMessage });
  const [source, detailType, text] = ['Source', 'DetailType', 'Detail'].map((field) => entry.optionalText(field));
  if (source === undefined || detailType === undefined || text === undefined)
    return refused(
      'InvalidArgument',
      'Parameter Source, DetailType or Detail is not valid. Reason: it is a required argument.',
    );
  if (source.startsWith('aws.')) return refused('NotAuthorizedForSourceException', 'Not authorized for the source.');
  const detail = parsed(text);
  if (!isRecord(detail)) return refused('MalformedDetail', 'Detail is malformed.');
  const busName = entry.optionalText('EventBusName') ?? 'default';
  if (busName !== 'default' && busName !== bus.arn)
    return refused('ResourceNotFoundException', `Event bus ${busName} does not exist.`);
  const seconds = entry.optionalNumber('Time');
  const time = seconds === undefined ? {} : { time: seconds * 1000 };
  return { EventId: bus.put({ source, detailType, detail, resources: entry.texts('Resources'), ...time }) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Reads a target as PutTargets and templates spell it. */
export function ruleTarget(input: Input): RuleTarget {
  const transformer = input.optionalStructure('InputTransformer');
  const paths = transformer?.optionalStructure('InputPathsMap')?.members ?? {};
  const template = transformer && {
    paths: Object.fromEntries(Object.entries(paths).map(([name, path]) => [name, String(path)])),
    text: transformer.text('InputTemplate'),
  };
  return {
    id: input.text('Id', { min: 1, max: 64 }),
    arn: input.text('Arn'),
    input: { constant: input.optionalText('Input'), path: input.optionalText('InputPath'), template },
    deadLetterArn: input.optionalStructure('DeadLetterConfig')?.optionalText('Arn'),
  };
}

function putRule(bus: EventBus, call: ApiCall): object {
  const input = new Input(call.input);
  if (input.members.ScheduleExpression !== undefined)
    throw validationError('the sandbox has no scheduled rules: use a schedule of EventBridge Scheduler');
  const rule = bus.putRule(input.text('Name'), parsed(input.text('EventPattern')), {
    isEnabled: input.optionalText('State') !== 'DISABLED',
    description: input.optionalText('Description'),
  });
  return { RuleArn: rule.arn };
}

function describeRule({ name, arn, pattern, isEnabled, description }: Rule): object {
  return {
    Name: name,
    Arn: arn,
    EventPattern: JSON.stringify(pattern),
    State: isEnabled ? 'ENABLED' : 'DISABLED',
    Description: description,
    EventBusName: 'default',
  };
}

/** The EventBridge API, as far as the default bus goes: events, rules and targets. */
export function eventsService(bus: EventBus): Service {
  const nothingFailed = { FailedEntryCount: 0, FailedEntries: [] };
  return {
    name: 'events',
    contentType: 'application/x-amz-json-1.1',
    operations: {
      PutEvents: (call) => putEvents(bus, call),
      PutRule: (call) => putRule(bus, call),
      ListRules: () => ({ Rules: bus.rules.map(describeRule) }),
      DeleteRule: (call) => { bus.removeRule(new Input(call.input).text('Name')); }, // prettier-ignore
      PutTargets: (call) => {
        const input = new Input(call.input);
        for (const target of input.structures('Targets')) bus.putTarget(input.text('Rule'), ruleTarget(target));
        return nothingFailed;
      },
      ListTargetsByRule: (call) => ({
        Targets: bus.targets(new Input(call.input).text('Rule')).map(({ id, arn }) => ({ Id: id, Arn: arn })),
      }),
      RemoveTargets: (call) => {
        const input = new Input(call.input);
        bus.removeTargets(input.text('Rule'), input.texts('Ids'));
        return nothingFailed;
      },
    },
    errorBody: (error) => ({ __type: error.name, message: error.message }),
  };
}
