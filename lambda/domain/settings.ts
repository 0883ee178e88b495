import { createHash } from 'node:crypto';
import * as z from 'zod';
import { canonicalJson } from './canonical-json.ts';

/**
 * What a restored table comes back without (source: `RestoreTableFromBackup` in the DynamoDB API reference, and "Restoring a DynamoDB
 * table": the class is always STANDARD).
 */
export const settingNames = [
  'tags',
  'time-to-live',
  'stream',
  'point-in-time-recovery',
  'auto-scaling',
  'deletion-protection',
  'table-class',
  'resource-policy',
  'contributor-insights',
  'kinesis-destination',
  'alarms',
] as const;

export type SettingName = (typeof settingNames)[number];

/** What is known of one setting. `mayPass` tells a failure that another try may not meet from one that stays until somebody acts. */
function captured<Value extends z.ZodType>(value: Value) {
  return z.union([
    z.literal('off'),
    z.strictObject({ unread: z.string(), mayPass: z.boolean() }),
    z.strictObject({ is: value }),
  ]);
}

const definition = z.record(z.string(), z.json());

const scalableTarget = z.strictObject({
  /** The index that scales; absent for the table itself. */
  index: z.string().optional(),
  /** Such as `dynamodb:table:ReadCapacityUnits`. */
  dimension: z.string(),
  minimum: z.int(),
  maximum: z.int(),
  suspended: z.record(z.string(), z.boolean()).optional(),
  policies: z.array(z.strictObject({ name: z.string(), targetTracking: definition })),
});

/**
 * The settings of one table at one moment, as plain JSON. What belongs to the table by name, such as an index, is kept relative to
 * it; what names the table in full, such as a policy, keeps the source's ARN until `settingsFor` makes it another table's.
 */
export const tableSettingsSchema = z.strictObject({
  version: z.literal(1),
  /** ISO 8601, UTC. */
  capturedAt: z.iso.datetime(),
  table: z.strictObject({
    name: z.string(),
    arn: z.string(),
    /** The incarnation the settings are of. */
    id: z.string(),
    billing: z.enum(['PROVISIONED', 'PAY_PER_REQUEST']),
    /** Names of the global secondary indexes, sorted. */
    indexes: z.array(z.string()),
  }),
  settings: z.strictObject({
    tags: captured(z.record(z.string(), z.string())),
    'time-to-live': captured(z.strictObject({ attribute: z.string() })),
    stream: captured(z.strictObject({ viewType: z.string() })),
    'point-in-time-recovery': captured(z.strictObject({ days: z.int() })),
    'auto-scaling': captured(z.array(scalableTarget)),
    'deletion-protection': captured(z.literal('on')),
    'table-class': captured(z.string()),
    'resource-policy': captured(definition),
    'contributor-insights': captured(z.array(z.strictObject({ index: z.string().optional(), mode: z.string() }))),
    'kinesis-destination': captured(z.array(z.strictObject({ streamArn: z.string(), precision: z.string() }))),
    alarms: captured(z.array(definition)),
  }),
});

export type TableSettings = z.infer<typeof tableSettingsSchema>;
export type TableFacts = TableSettings['table'];
export type AnySetting = 'off' | { readonly unread: string } | { readonly is: unknown };
/** What a setting is set to, where it is set. */
export type SettingValues = {
  [Name in SettingName]: Extract<TableSettings['settings'][Name], { is: unknown }>['is'];
};
/** As the API gives it and takes it back, by the names of the API. */
export type Definition = z.infer<typeof definition>;

/** `same`, or a text that says what differs. */
export type Comparison = string;

/** Reads what was once stored. Throws on anything but settings of a version this code knows. */
export function parseTableSettings(text: string): TableSettings {
  return tableSettingsSchema.parse(JSON.parse(text));
}

/** The first 16 hexadecimal digits of SHA-256 over everything but the moment of capture. */
export function hashOfSettings({ version, table, settings }: TableSettings): string {
  return createHash('sha256').update(canonicalJson({ version, table, settings })).digest('hex').slice(0, 16);
}

/** Tags that begin with `aws:` are AWS's own: nobody can set them, and a restored table has no use for another's. */
export function ownTags(tags: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !/^aws:/i.test(key)));
}

/**
 * The settings as they have to be on another table: ARNs and metric dimensions that name the source name the target, and alarms get
 * a name of their own. > An index the target was restored without needs no settings, and an on-demand table no auto scaling.
 */
export function settingsFor({ table: source, settings, ...rest }: TableSettings, target: TableFacts): TableSettings {
  const renamed = (value: Definition) => renameTable(value, source, target);
  const exists = ({ index }: { readonly index?: string | undefined }) =>
    index === undefined || target.indexes.includes(index);
  return {
    ...rest,
    table: target,
    settings: {
      ...settings,
      tags: mapValue(settings.tags, ownTags),
      'auto-scaling':
        target.billing === 'PAY_PER_REQUEST'
          ? 'off'
          : mapValue(settings['auto-scaling'], (targets) =>
              targets.filter(exists).map((scaled) => ({
                ...scaled,
                policies: scaled.policies.map((policy) => ({
                  ...policy,
                  targetTracking: renamed(policy.targetTracking),
                })),
              })),
            ),
      'resource-policy': mapValue(settings['resource-policy'], renamed),
      'contributor-insights': mapValue(settings['contributor-insights'], (watched) => watched.filter(exists)),
      alarms: mapValue(settings.alarms, (alarms) =>
        alarms.map((alarm) => ({ ...renamed(alarm), AlarmName: renameAlarm(alarm.AlarmName, source, target) })),
      ),
    },
  };
}

/**
 * What each of the named settings of one table is against what it should be, after whatever names the table has been made to fit it.
 * `same`, or what differs. > A setting that was not read, then or now, is never the same.
 */
export function compareSettings(
  wanted: TableSettings,
  actual: TableSettings,
  names: readonly SettingName[],
): Partial<Record<SettingName, Comparison>> {
  const expected = settingsFor(wanted, actual.table).settings;
  return Object.fromEntries(names.map((name) => [name, compareSetting(expected[name], actual.settings[name])]));
}

/** The same for one setting whose names fit the table already. */
export function compareSetting(wanted: AnySetting, actual: AnySetting): Comparison {
  if (isUnread(wanted)) return `not known at the time of the backup: ${wanted.unread}`;
  if (isUnread(actual)) return `could not be read: ${actual.unread}`;
  const before = leavesOf(valueOf(wanted));
  const after = leavesOf(valueOf(actual));
  const differences = [...new Set([...before.keys(), ...after.keys()])]
    .filter((path) => before.get(path) !== after.get(path))
    .map((path) => `${path}wanted ${before.get(path) ?? 'nothing'}, found ${after.get(path) ?? 'nothing'}`);
  return differences.length === 0 ? 'same' : shorten(differences);
}

/** What giving one setting back comes to as far as the snapshot alone decides it; `set` when the table decides. */
export function knownOf(
  { settings }: TableSettings,
  name: SettingName,
): 'set' | 'nothing-to-apply' | 'unknown-setting' {
  const setting = settings[name];
  if (setting === 'off') return 'nothing-to-apply';
  return isUnread(setting) ? 'unknown-setting' : 'set';
}

function isUnread(setting: AnySetting): setting is { readonly unread: string } {
  return typeof setting === 'object' && 'unread' in setting;
}

function valueOf(setting: Exclude<AnySetting, { readonly unread: string }>): unknown {
  return setting === 'off' ? setting : setting.is;
}

/** A list or map that has lost its last entry is off. */
function mapValue<Value extends object>(
  setting: 'off' | { unread: string; mayPass: boolean } | { is: Value },
  change: (value: Value) => Value,
): typeof setting {
  if (setting === 'off' || 'unread' in setting) return setting;
  const changed = change(setting.is);
  return Object.keys(changed).length === 0 ? 'off' : { is: changed };
}

const mostDifferences = 5;

function shorten(differences: readonly string[]): string {
  const more = differences.length - mostDifferences;
  return [...differences.slice(0, mostDifferences), ...(more > 0 ? [`and ${more} more`] : [])].join('; ');
}

/** Every plain value within, by its path such as `0.policies.0.name: `; the path of the whole is empty. */
function leavesOf(value: unknown, path: readonly string[] = []): Map<string, string> {
  if (typeof value === 'object' && value !== null) {
    return new Map(Object.entries(value).flatMap(([key, part]) => [...leavesOf(part, [...path, key])]));
  }
  return new Map(value === undefined ? [] : [[path.length === 0 ? '' : `${path.join('.')}: `, JSON.stringify(value)]]);
}

type Json = z.infer<ReturnType<typeof z.json>>;

function renameTable(value: Definition, source: TableFacts, target: TableFacts): Definition {
  const change = (part: Json): Json => {
    if (typeof part === 'string') return part.replace(wholeArn(source), target.arn);
    if (Array.isArray(part)) return part.map(change);
    if (part === null || typeof part !== 'object') return part;
    if (part.Name === 'TableName' && part.Value === source.name) return { ...part, Value: target.name };
    return changeAll(part);
  };
  const changeAll = (parts: Definition): Definition =>
    Object.fromEntries(Object.entries(parts).map(([key, part]) => [key, change(part)]));
  return changeAll(value);
}

/** The ARN of exactly this table, not the beginning of that of another one with a longer name. */
function wholeArn({ arn }: TableFacts): RegExp {
  return new RegExp(`${escaped(arn)}(?![a-zA-Z0-9_.-])`, 'g');
}

/** Names and ARNs of tables have only one character that means something to a regular expression outside of brackets. */
function escaped(text: string): string {
  return text.replaceAll('.', String.raw`\.`);
}

const longestAlarmName = 255;

/**
 * An alarm under its old name would replace the source's: PutMetricAlarm overwrites what has the name. The new one begins with the
 * target's name, so that a permission for targets of one prefix can cover their alarms and no others.
 */
function renameAlarm(name: Json | undefined, source: TableFacts, target: TableFacts): string {
  const old = typeof name === 'string' ? name : '';
  if (source.arn === target.arn) return old;
  const renamed = `${target.name}-${old}`;
  if (renamed.length <= longestAlarmName) return renamed;
  const suffix = `-${createHash('sha256').update(renamed).digest('hex').slice(0, 8)}`;
  return renamed.slice(0, longestAlarmName - suffix.length) + suffix;
}
