import {
  compareSetting,
  knownOf,
  settingNames,
  settingsFor,
  type SettingName,
  type SettingValues,
  type TableSettings,
} from '../domain/settings.ts';
import type { Failure, FailureKind, Log, Timing } from '../jobs/ports.ts';
import type { ApplyOutcome, Settings } from '../jobs/settings-port.ts';
import type { SettingsClients } from './clients.ts';
import { failureOf } from './failures.ts';
import { alarms } from './settings/alarms.ts';
import { autoScaling } from './settings/auto-scaling.ts';
import { contributorInsights } from './settings/contributor-insights.ts';
import { describeActiveTable, describeTable } from './settings/describe-table.ts';
import { kinesisDestination } from './settings/kinesis-destination.ts';
import { pointInTimeRecovery } from './settings/point-in-time-recovery.ts';
import { resourcePolicy } from './settings/resource-policy.ts';
import { SettingError, type DescribedTable, type SettingAdapter } from './settings/setting-adapter.ts';
import { tags } from './settings/tags.ts';
import { timeToLive } from './settings/time-to-live.ts';
import { updatedTable } from './settings/updated-table.ts';

type Adapters = { readonly [Name in SettingName]: SettingAdapter<Name> };
type Captured<Name extends SettingName> = 'off' | { unread: string; mayPass: boolean } | { is: SettingValues[Name] };
type Wanted = SettingValues[SettingName];

const passing = new Set<FailureKind>(['throttled', 'no-answer']);
const longestReason = 300;

/** The settings of DynamoDB tables, wherever AWS keeps them. */
export function tableSettings(clients: SettingsClients, timing: Timing): Settings {
  const { dynamodb, autoScaling: scaling, cloudWatch } = clients;
  const adapters: Adapters = {
    tags: tags(dynamodb),
    'time-to-live': timeToLive(dynamodb),
    ...updatedTable(dynamodb),
    'point-in-time-recovery': pointInTimeRecovery(dynamodb),
    'auto-scaling': autoScaling(scaling),
    'resource-policy': resourcePolicy(dynamodb),
    'contributor-insights': contributorInsights(dynamodb),
    'kinesis-destination': kinesisDestination(dynamodb, timing),
    alarms: alarms(cloudWatch, timing),
  };

  return {
    /** All settings at once may be a little old where many tables share one reading; the named ones are read afresh. */
    async capture(tableName, names) {
      const table = await describeTable(dynamodb, tableName, { mayBeCached: names === undefined });
      return captureFrom(adapters, table, names ?? settingNames, timing.now());
    },

    async apply(target, settings, name, log) {
      const known = knownOf(settings, name);
      if (known !== 'set') return known;
      return await outcomeOf(async () => {
        const table = await describeActiveTable(dynamodb, target, timing);
        if (table.facts.id === settings.table.id) throw notItsOwn(target);
        return await applyOne(adapters[name], table, wantedFrom(settingsFor(settings, table.facts), name), log);
      });
    },

    async takeOff(target, settings, name) {
      if (knownOf(settings, name) !== 'set') return 'nothing-to-apply';
      return await outcomeOf(async () => {
        if (target === settings.table.name) throw notItsOwn(target);
        const table = await describeIfThere(dynamodb, target, timing);
        const facts = table?.facts ?? {
          ...settings.table,
          name: target,
          arn: siblingArn(settings, target, await dynamodb.config.region()),
        };
        const wanted = wantedFrom(settingsFor(settings, facts), name);
        return await takeOffOne(adapters[name], table ?? { facts, description: {}, mayBeCached: false }, wanted);
      });
    },
  };
}

async function captureFrom(
  adapters: Adapters,
  table: DescribedTable,
  names: readonly SettingName[],
  now: Date,
): Promise<TableSettings> {
  const read = <Name extends SettingName>(name: Name) => readOne(adapters, table, name, names);
  return {
    version: 1,
    capturedAt: now.toISOString(),
    table: table.facts,
    settings: {
      tags: await read('tags'),
      'time-to-live': await read('time-to-live'),
      stream: await read('stream'),
      'point-in-time-recovery': await read('point-in-time-recovery'),
      'auto-scaling': await read('auto-scaling'),
      'deletion-protection': await read('deletion-protection'),
      'table-class': await read('table-class'),
      'resource-policy': await read('resource-policy'),
      'contributor-insights': await read('contributor-insights'),
      'kinesis-destination': await read('kinesis-destination'),
      alarms: await read('alarms'),
    },
  };
}

async function readOne<Name extends SettingName>(
  adapters: Adapters,
  table: DescribedTable,
  name: Name,
  names: readonly SettingName[],
): Promise<Captured<Name>> {
  if (!names.includes(name)) return { unread: 'was not asked for', mayPass: false };
  try {
    const adapter: SettingAdapter<Name> = adapters[name];
    return await adapter.read(table);
  } catch (error) {
    const { kind, message } = asFailure(error);
    return { unread: `${kind}: ${message}`.slice(0, longestReason), mayPass: passing.has(kind) };
  }
}

/** > What is there already is not set again, and a refusal counts for nothing when the setting turns out to be there. */
async function applyOne(
  adapter: SettingAdapter<SettingName>,
  table: DescribedTable,
  wanted: Wanted | undefined,
  log: Log | undefined,
): Promise<ApplyOutcome> {
  if (wanted === undefined) return 'nothing-to-apply';
  const isThere = async () => compareSetting({ is: wanted }, await adapter.read(table)) === 'same';
  if (await isThere()) return 'applied';
  try {
    await adapter.set(table, wanted);
  } catch (error) {
    if (!(await isThere().catch(() => false))) throw error;
    log?.warn('a setting was refused but is there', { table: table.facts.name, error });
  }
  return 'applied';
}

async function takeOffOne(
  adapter: SettingAdapter<SettingName>,
  table: DescribedTable,
  wanted: Wanted | undefined,
): Promise<ApplyOutcome> {
  if (wanted === undefined || !adapter.clear) return 'nothing-to-apply';
  try {
    if ((await adapter.read(table)) !== 'off') await adapter.clear(table, wanted);
  } catch (error) {
    if (asFailure(error).kind !== 'missing') throw error;
  }
  return 'applied';
}

function wantedFrom(settings: TableSettings, name: SettingName): Wanted | undefined {
  const setting = settings.settings[name];
  return typeof setting === 'object' && 'is' in setting ? setting.is : undefined;
}

async function outcomeOf(act: () => Promise<ApplyOutcome>): Promise<ApplyOutcome> {
  try {
    return await act();
  } catch (error) {
    return { failed: asFailure(error) };
  }
}

function asFailure(error: unknown): Failure {
  return error instanceof SettingError ? error.failure : failureOf(error);
}

async function describeIfThere(
  client: SettingsClients['dynamodb'],
  target: string,
  timing: Timing,
): Promise<DescribedTable | undefined> {
  try {
    return await describeActiveTable(client, target, timing);
  } catch (error) {
    if (asFailure(error).kind === 'missing') return undefined;
    throw error;
  }
}

/** The ARN of a table that is gone, and that may have been in another Region than its source. */
function siblingArn({ table }: TableSettings, target: string, region: string): string {
  const [scheme, partition, service, , account] = table.arn.split(':');
  return [scheme, partition, service, region, account, `table/${target}`].join(':');
}

/** > A table is never re-armed from its own snapshot, and nothing is ever taken off a table with the source's name. */
function notItsOwn(target: string): SettingError {
  const message = `must be another table than the one the settings were read from, got ${target}`;
  return new SettingError({ kind: 'invalid', message });
}
