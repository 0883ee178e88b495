import * as z from 'zod';
import { awsBackup } from './aws-backup-options.ts';
import { type Attributes, isAttributes, isItemKey } from './drill/attribute-value.ts';
import { duration, exactDuration } from './durations.ts';
import { keepRules } from './keep-rules.ts';
import { longestRecoveryDays } from './point-in-time-recovery.ts';
import { choice, distinct, flag, list, object, percent, positive, regionName, text, whole } from './plan-parts.ts';
import { parseSchedule } from './schedule/expression.ts';
import { isTimeZone } from './schedule/time-zone.ts';
import { settingNames, type SettingName } from './settings.ts';

const tableName = text(/^[a-zA-Z0-9_.-]{3,255}$/, 'the name of a table: 3 to 255 letters, digits, _, . and -');
const tablePattern = text(
  /^[a-zA-Z0-9_.*?-]{1,255}$/,
  'a pattern of table names: 1 to 255 letters, digits, _, ., -, * and ?',
);

const tagsAllowed = 'must be 1 to 50 tags, keys of 1 to 128 characters and values of at most 256';
const tags = z
  .record(z.string(), z.string({ error: tagsAllowed }).max(256, { error: tagsAllowed }), { error: tagsAllowed })
  .refine((given) => Object.keys(given).length >= 1 && Object.keys(given).length <= 50, { error: tagsAllowed })
  .refine((given) => Object.keys(given).every((key) => key.length >= 1 && key.length <= 128), { error: tagsAllowed });

/** An expression of EventBridge Scheduler. */
const schedule = z
  .string({ error: 'must be an expression of EventBridge Scheduler' })
  .superRefine((expression, context) => {
    const parsed = parseSchedule(expression);
    if (!parsed.ok) context.addIssue({ code: 'custom', message: parsed.error, params: { complete: true } });
  });

const zoneAllowed = 'must be an IANA time zone such as UTC or Europe/Berlin';
const timeZone = z.string({ error: zoneAllowed }).refine(isTimeZone, { error: zoneAllowed }).default('UTC');

const longestDrill = duration(
  'a positive ISO 8601 duration of weeks, days, hours, minutes or seconds, at most 7 days, such as PT24H',
  (given) => given.years === 0 && given.months === 0 && given.total({ unit: 'days', relativeTo: '2026-01-01' }) <= 7,
);

/** Point-in-time recovery reaches back 35 days at most, and forward to five minutes ago (source: `UpdateContinuousBackups`). */
const recoverable = duration(
  'an ISO 8601 duration of weeks, days, hours, minutes or seconds, at least PT5M and shorter than P35D, such as PT6H',
  (given) => {
    const minutes = given.total({ unit: 'minutes', relativeTo: '2026-01-01' });
    return given.years === 0 && given.months === 0 && minutes >= 5 && minutes < 35 * 24 * 60;
  },
);

/** The settings that act outside the table they are of: a drill applies them only when a plan says so. */
const outsideSettings: ReadonlySet<SettingName> = new Set(['kinesis-destination', 'alarms']);
/** The settings a drill can apply to the restored table without acting on anything outside it. */
export const containedSettings = settingNames.filter((name) => !outsideSettings.has(name));

const indexName = text(/^[a-zA-Z0-9_.-]{3,255}$/, 'the name of an index: 3 to 255 letters, digits, _, . and -');
const chosenIndexes = 'must be all, none or an array of 1 to 100 names of indexes, each given once';
const encryptionKey = text(
  /^(aws-owned|aws-managed|arn:(aws|aws-cn|aws-us-gov):kms:[a-z0-9-]{1,40}:\d{12}:key\/[a-zA-Z0-9-]{1,64})$/,
  'aws-owned, aws-managed or the ARN of a KMS key, such as arn:aws:kms:eu-central-1:111122223333:key/…',
);
const functionArn = text(
  /^arn:(aws|aws-cn|aws-us-gov):lambda:[a-z0-9-]{1,40}:\d{12}:function:[a-zA-Z0-9_-]{1,64}(:([a-zA-Z0-9_-]{1,128}|\$LATEST))?$/,
  'the ARN of a Lambda function, with or without a version or alias',
);

const check = object({
  table: tableName,
  key: z.custom<Attributes>(isItemKey, {
    error: 'must be the key of an item as DynamoDB JSON: one or two texts, numbers or bytes such as {"id":{"S":"7"}}',
  }),
  expect: z.custom<Attributes>(isAttributes, {
    error: 'must be attributes as DynamoDB JSON such as {"total":{"N":"42"}}',
  }),
});

const drill = object({
  schedule,
  timeZone,
  pick: choice(['least-recently-proven', 'all']).default('least-recently-proven'),
  tablesPerRun: whole(1, 10_000).default(5),
  gigabytesPerRun: positive(1_000_000).optional(),
  backup: choice(['latest', 'random', 'oldest', 'point-in-time']).default('latest'),
  restoreTo: object({ before: recoverable }).optional(),
  region: regionName().optional(),
  // AWS restores at most 50 tables at once; ten places stay for people.
  concurrentRestores: whole(1, 40).default(5),
  billing: choice(['on-demand', 'as-backed-up']).default('on-demand'),
  indexes: z
    .union([choice(['all', 'none']), distinct(indexName, { min: 1, max: 100, error: chosenIndexes })], {
      error: chosenIndexes,
    })
    .default('all'),
  encryptionKey: encryptionKey.optional(),
  timeout: longestDrill.default('PT24H'),
  rearm: distinct(choice(settingNames), {
    min: 0,
    max: settingNames.length,
    error: `must be an array of settings, each given once: ${settingNames.join(', ')}`,
  }).default([...containedSettings]),
  validate: object({
    items: whole(1, 1_000_000).default(1000),
    bytes: whole(1, 1_000_000_000).default(1_048_576),
    checks: z
      .array(check, { error: 'must be an array of at most 100 checks' })
      .max(100, { error: 'must be an array of at most 100 checks' })
      .default([]),
    function: functionArn.optional(),
    functionTimeoutSeconds: whole(1, 840).default(60),
  }).prefault({}),
  reportToAwsBackup: flag().optional(),
});

const backup = object({
  schedule,
  timeZone,
  flexibleWindowMinutes: whole(1, 1440).optional(),
  engine: choice(['dynamodb', 'aws-backup']).default('dynamodb'),
  awsBackup: awsBackup.optional(),
}).refine((given) => given.engine === 'aws-backup' || given.awsBackup === undefined, {
  path: ['awsBackup'],
  error: 'must be left out unless engine is aws-backup',
});

const pointInTimeRecovery = object({
  days: whole(1, longestRecoveryDays).default(longestRecoveryDays),
  correct: flag().default(true),
});

export const planSchema = object({
  version: z.literal(1, { error: 'must be 1, the only version this code reads' }).default(1),
  name: text(/^[a-z][a-z0-9-]{0,39}$/, '1 to 40 lower-case letters, digits and hyphens that begin with a letter'),
  tables: object({
    named: list(tableName).optional(),
    matching: list(tablePattern).optional(),
    tagged: tags.optional(),
    except: list(tablePattern).optional(),
  }).refine(({ named, matching, tagged }) => [named, matching].some((given) => given?.length) || tagged, {
    error: 'must choose tables by at least one of named, matching and tagged',
  }),
  backup,
  keep: keepRules,
  minimumCopies: whole(1, 1_000_000).default(3),
  prune: object({
    schedule: schedule.optional(),
    timeZone,
    mode: z.enum(['enforce', 'report-only'], { error: 'must be enforce or report-only' }).default('enforce'),
    deletionCap: object({
      perTableCount: whole(1, 1_000_000).default(5),
      perTablePercent: percent().default(20),
      perRun: whole(1, 1_000_000).default(100),
    }).prefault({}),
  }).prefault({}),
  objectives: object({ recoveryPoint: exactDuration.optional(), recoveryTime: exactDuration.optional() }).optional(),
  pointInTimeRecovery: pointInTimeRecovery.optional(),
  drill: drill.optional(),
});

/** A plan as every job reads it: checked, with its defaults filled in. */
export type Plan = z.output<typeof planSchema>;
/** A plan as an operator or a schedule's input writes it: defaults may be left out. */
export type PlanInput = z.input<typeof planSchema>;
/** What takes the backups of a plan. */
export type Engine = Plan['backup']['engine'];
/** How a plan rehearses restores. */
export type DrillPlan = NonNullable<Plan['drill']>;
