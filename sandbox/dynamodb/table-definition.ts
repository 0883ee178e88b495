import { throttled, validationError } from '../aws-error.ts';
import { Input, isRecord } from '../input.ts';
import type { Table, TableDefinition } from './table.ts';

function records(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** The definition in the members of CreateTable. */
export function definitionFrom(members: Readonly<Record<string, unknown>>): TableDefinition {
  return {
    KeySchema: records(members.KeySchema),
    AttributeDefinitions: records(members.AttributeDefinitions),
    BillingMode: 'PROVISIONED',
    ...changes(members),
    ...indexes(members),
  };
}

function indexes(members: Readonly<Record<string, unknown>>): Partial<TableDefinition> {
  const local = records(members.LocalSecondaryIndexes);
  const global = records(members.GlobalSecondaryIndexes);
  return {
    ...(local.length > 0 && { LocalSecondaryIndexes: local }),
    ...(global.length > 0 && { GlobalSecondaryIndexes: global }),
  };
}

const changeable = ['BillingMode', 'ProvisionedThroughput', 'OnDemandThroughput', 'SSESpecification', 'TableClass'];
const streamViews = ['NEW_IMAGE', 'OLD_IMAGE', 'NEW_AND_OLD_IMAGES', 'KEYS_ONLY'];
const protectionCoolDownMs = 15_000;

function changes(members: Readonly<Record<string, unknown>>): Partial<TableDefinition> {
  const changed = changeable.filter((name) => members[name] !== undefined).map((name) => [name, members[name]]);
  const stream = streamIn(members);
  return { ...(Object.fromEntries(changed) as object), ...(stream !== undefined && { StreamSpecification: stream }) };
}

/** The stream that a request or a template asks for; a template does not spell out that it is enabled. */
function streamIn({ StreamSpecification: stream }: Readonly<Record<string, unknown>>): object | undefined {
  return isRecord(stream) && stream.StreamEnabled !== false ? { ...stream, StreamEnabled: true } : undefined;
}

/** A definition after an UpdateTable with these members. */
export function updated(definition: TableDefinition, members: Readonly<Record<string, unknown>>): TableDefinition {
  const { StreamSpecification: stream, ...rest } = { ...definition, ...changes(members) };
  const turnsOff = members.StreamSpecification !== undefined && streamIn(members) === undefined;
  return { ...rest, ...(stream !== undefined && !turnsOff && { StreamSpecification: stream }) };
}

/** Throws when an update asks for nothing, for something unknown here, or for a stream that is on or off already. */
export function checkUpdate(table: Table, members: Readonly<Record<string, unknown>>): void {
  const unknown = ['GlobalSecondaryIndexUpdates', 'ReplicaUpdates', 'VectorIndexUpdates'];
  const asked = Object.keys(members).find((name) => unknown.includes(name));
  if (asked !== undefined) throw validationError(`the sandbox does not know ${asked}`);
  if (![...changeable, 'StreamSpecification', 'DeletionProtectionEnabled'].some((name) => members[name] !== undefined))
    throw validationError(`At least one of ${changeable.join(', ')} or DeletionProtectionEnabled is required`);
  if (members.StreamSpecification === undefined) return;
  const turnsOn = streamIn(members) !== undefined;
  const isOn = table.definition.StreamSpecification !== undefined;
  if (turnsOn && isOn) throw validationError(`Table already has an enabled stream: TableName: ${table.name}`);
  if (!turnsOn && !isOn) throw validationError(`Table has no enabled stream to disable: TableName: ${table.name}`);
  if (turnsOn) new Input(members.StreamSpecification).text('StreamViewType', { oneOf: streamViews });
}

/** Two changes within 15 s were measured to be refused, with the time of the next in the message. */
export function changeProtection(table: Table, protection: boolean, now: number): void {
  const nextAt = (table.protectionChangedAt ?? -Infinity) + protectionCoolDownMs;
  if (now < nextAt) {
    const next = new Date(nextAt).toISOString();
    throw throttled(`Deletion protection was changed a moment ago. Retry after ${next}`);
  }
  table.deletionProtection = protection;
  table.protectionChangedAt = now;
}
