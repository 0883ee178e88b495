import { Temporal } from 'temporal-polyfill';
import { isRegionName, parseDynamoDbArn, regionIn } from '../lambda/domain/arn.ts';
import { exactDuration } from '../lambda/domain/durations.ts';
import { describeValue } from '../lambda/domain/faults.ts';
import { durationSeconds } from '../lambda/domain/keep-guarantee.ts';
import { settingNames, type SettingName } from '../lambda/domain/settings.ts';
import type { RestoreWish } from '../lambda/jobs/restore/restore-wish.ts';

/** What was typed, before anything is known of it. */
export interface RestoreOptions {
  readonly table?: string;
  readonly into?: string;
  readonly owner?: string;
  readonly ledger?: string;
  readonly vault?: string;
  readonly role?: string;
  readonly plan?: string;
  readonly backup?: string;
  readonly before?: string;
  readonly tableId?: string;
  readonly anyBackup?: true;
  readonly rearm: string;
  readonly billing: string;
  readonly encryptionKey?: string;
  readonly sample: string;
  readonly timeout: string;
  readonly region?: string;
  readonly fromRegion?: string;
  readonly resume?: true;
  readonly execute?: true;
  readonly json?: true;
  readonly printRolePolicy?: true;
}

/** A wish as far as it can be read before the Region of the shell is known. */
export type TypedWish = Omit<RestoreWish, 'region'>;

type Read = { readonly wish: TypedWish } | { readonly faults: readonly string[] };

const mebibyte = 1_048_576;
const tableName = /^[a-zA-Z0-9_.-]{3,255}$/;
const recoveryPoint = /^arn:aws[a-z-]*:backup:[a-z0-9-]+:\d{12}:recovery-point:[a-zA-Z0-9:-]+$/;
const key = /^(aws-owned|aws-managed|arn:aws[a-z-]*:kms:[a-z0-9-]{1,40}:\d{12}:key\/[a-zA-Z0-9-]{1,64})$/;

/** Reads what somebody wants back, or names everything that is wrong with it. */
export function readWish(options: RestoreOptions): Read {
  const { table = '', into = '', owner = '', plan, tableId, encryptionKey, vault } = options;
  const rearm = settingsIn(options.rearm);
  const before = instantIn(options.before);
  const faults = [...faultsOf(options, rearm), ...contradictionsIn(options)];
  if (faults.length > 0 || rearm === undefined) return { faults };
  const items = Number(options.sample);
  return {
    wish: {
      ...{ table, target: into, owner, plan, tableId, before, arn: options.backup, rearm },
      engine: vault === undefined ? 'dynamodb' : 'aws-backup',
      isAnyWelcome: options.anyBackup ?? false,
      isResumed: options.resume ?? false,
      billing: options.billing === 'on-demand' ? 'on-demand' : 'as-backed-up',
      ...(encryptionKey !== undefined && { encryptionKey }),
      sample: { items, bytes: Math.max(mebibyte, items * 1024) },
      timeoutMilliseconds: durationSeconds(options.timeout) * 1000,
    },
  };
}

/** What is wrong with the name of a target table, for whoever asks for nothing else. */
export function intoFault(into: string | undefined): string | undefined {
  return fault('--into', into, 'the name of the table to make: 3 to 255 letters, digits, _, . and -', tableName);
}

/** Says why a backup cannot be restored in a Region, once both are known. */
export function whyElsewhere({ backup, fromRegion = '' }: RestoreOptions, region: string): string | undefined {
  const home = regionIn(backup ?? '');
  const expected = fromRegion === '' ? region : fromRegion;
  if (home === undefined || home === expected) return undefined;
  const advice = recoveryPoint.test(backup ?? '')
    ? 'AWS Backup restores a recovery point only where its vault is: restore a copy of it, with the vault of the copies'
    : `--from-region ${home} reads backups there`;
  return `--backup must be of ${expected}, got one of ${home}: ${advice}`;
}

function faultsOf(options: RestoreOptions, rearm: readonly SettingName[] | undefined): string[] {
  const { table, into, owner, role, backup, before, billing, encryptionKey, sample, timeout } = options;
  const isBackup =
    backup === undefined || recoveryPoint.test(backup) || parseDynamoDbArn(backup)?.backupId !== undefined;
  return [
    fault('--table', table, 'the name of the table that was backed up', tableName),
    intoFault(into),
    fault('--owner', owner, 'the owner id of the deployment: 4 to 16 small letters and digits', /^[a-z0-9]{4,16}$/),
    role === undefined
      ? undefined
      : fault('--role', role, 'the ARN of a role', /^arn:aws[a-z-]*:iam::\d{12}:role\/.+$/),
    isBackup ? undefined : `--backup must be the ARN of a backup or of a recovery point, got ${describeValue(backup)}`,
    before === undefined || instantIn(before) ? undefined : mustBeInstant(before),
    rearm ? undefined : mustBeSettings(options.rearm),
    fault('--billing', billing, 'as-backed-up or on-demand', /^(as-backed-up|on-demand)$/),
    encryptionKey === undefined
      ? undefined
      : fault('--encryption-key', encryptionKey, 'aws-owned, aws-managed or the ARN of a KMS key', key),
    fault('--sample', sample, 'a whole number of at least 1', /^[1-9]\d{0,6}$/),
    exactDuration.safeParse(timeout).success
      ? undefined
      : `--timeout must be a duration such as PT12H, got ${describeValue(timeout)}`,
    ...(['region', 'fromRegion'] as const).map((name) => regionFault(name, options[name])),
  ].filter((each) => each !== undefined);
}

/** What cannot be wanted together. */
function contradictionsIn(options: RestoreOptions): string[] {
  const { ledger, vault, role, plan, backup, before, anyBackup, rearm, billing, encryptionKey, region, fromRegion } =
    options;
  const isPoint = vault !== undefined;
  return [
    ledger === undefined && (options.resume ?? rearm !== 'none')
      ? '--ledger must name the ledger table that keeps the settings; without one, --rearm none brings the table back without any'
      : undefined,
    backup !== undefined && before !== undefined ? '--backup and --before cannot be given together' : undefined,
    plan !== undefined && anyBackup ? '--plan and --any-backup cannot be given together' : undefined,
    isPoint && options.execute && role === undefined
      ? '--role must name a role that AWS Backup restores with; --print-role-policy says what it has to be allowed'
      : undefined,
    !isPoint && role !== undefined ? '--role is for recovery points: --vault must name their vault' : undefined,
    !isPoint && recoveryPoint.test(backup ?? '') ? '--vault must name the vault of the recovery point' : undefined,
    isPoint && billing === 'on-demand'
      ? '--billing on-demand is not for recovery points: AWS Backup keeps their billing'
      : undefined,
    isPoint && fromRegion !== undefined
      ? '--from-region is not for recovery points: AWS Backup restores them only where their vault is'
      : undefined,
    fromRegion !== undefined && encryptionKey === undefined
      ? '--encryption-key must be given with --from-region: no key of the source is in this Region'
      : undefined,
    fromRegion !== undefined && fromRegion === region
      ? '--from-region must be another Region than --region'
      : undefined,
  ].filter((each) => each !== undefined);
}

function fault(name: string, found: string | undefined, allowed: string, pattern: RegExp): string | undefined {
  return pattern.test(found ?? '') ? undefined : `${name} must be ${allowed}, got ${describeValue(found)}`;
}

function regionFault(name: 'region' | 'fromRegion', region: string | undefined): string | undefined {
  if (region === undefined || isRegionName(region)) return undefined;
  return `--${name === 'region' ? name : 'from-region'} must be a Region such as eu-west-1, got ${describeValue(region)}`;
}

function instantIn(text: string | undefined): Date | undefined {
  try {
    return text === undefined ? undefined : new Date(Temporal.Instant.from(text).epochMilliseconds);
  } catch {
    return undefined;
  }
}

function mustBeInstant(text: string): string {
  return `--before must be an instant such as 2026-11-20T03:00:00Z, got ${describeValue(text)}`;
}

function settingsIn(text: string): readonly SettingName[] | undefined {
  if (text === 'all') return settingNames;
  if (text === 'none') return [];
  const wanted = text.split(',').map((name) => name.trim());
  const known = settingNames.filter((name) => wanted.includes(name));
  return known.length === new Set(wanted).size ? known : undefined;
}

function mustBeSettings(text: string): string {
  return `--rearm must be all, none or some of ${settingNames.join(',')}, got ${describeValue(text)}`;
}
