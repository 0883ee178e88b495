import fc from 'fast-check';
import type { Backup } from '../../lambda/domain/backup.ts';
import { completeListing } from '../../lambda/domain/listing.ts';
import type { Engine, Plan } from '../../lambda/domain/plan.ts';
import { judge, type Judgement, type Question } from '../../lambda/domain/retention.ts';
import { often } from './arbitrary-choice.ts';
import { engineListings, keptByAws } from './engine-listings.ts';
import { aPlan } from './retention-builders.ts';

/** What a retention run may find: a plan, a clock, tables, and a listing of good, foreign, broken and tied backups. */
export interface History {
  readonly plan: Plan;
  readonly backups: readonly Backup[];
  readonly liveTables: ReadonlyMap<string, string>;
  readonly holds: ReadonlySet<string>;
  readonly pinned?: ReadonlySet<string>;
  readonly copied?: ReadonlySet<string>;
  readonly proven?: ReadonlySet<string>;
  readonly now: Date;
}

export const isOwn = ({ name }: Backup): boolean => name.startsWith('ours.');

/** The question a history asks, with the deletion caps lifted. */
export function questionOf({ backups, ...history }: History): Question {
  return { listing: completeListing(backups), isOwn, deletionOverride: Infinity, ...history };
}

export function judged(history: History, backups: readonly Backup[] = history.backups): Judgement {
  return judge(questionOf({ ...history, backups }));
}

/** ARNs of the verdicts that say delete. */
export function expiredIn({ verdicts }: Judgement): Set<string> {
  return new Set(verdicts.filter(({ verdict }) => verdict === 'delete').map(({ backup }) => backup.arn));
}

/** The backups that count, as the laws define them: own, of the engine, AVAILABLE, well-formed, dated, not later than now; each ARN once. */
export function restorableIn({ plan, backups, now }: History): Backup[] {
  const { type } = engineListings[plan.backup.engine];
  const arns = new Map<string, Backup[]>();
  for (const backup of backups) arns.set(backup.arn, [...(arns.get(backup.arn) ?? []), backup]);
  return [...arns.values()].flatMap(([backup, ...twins]) => {
    if (!backup || twins.some((twin) => !sameFacts(twin, backup))) return [];
    const at = backup.createdAt?.getTime() ?? NaN;
    const wellFormed = backup.arn && backup.name && backup.tableName && backup.tableId;
    const counts = wellFormed && isOwn(backup) && backup.type === type && backup.status === 'AVAILABLE';
    return counts && at > 0 && at <= now.getTime() ? [backup] : [];
  });
}

export function groupsOf(backups: readonly Backup[]): Backup[][] {
  return [...Map.groupBy(backups, ({ tableId }) => tableId).values()];
}

export function timeOf({ createdAt }: Backup): number {
  return createdAt?.getTime() ?? NaN;
}

function sameFacts(one: Backup, other: Backup): boolean {
  return (
    one.name === other.name &&
    one.tableName === other.tableName &&
    one.tableId === other.tableId &&
    one.status === other.status &&
    one.type === other.type &&
    String(one.createdAt?.getTime()) === String(other.createdAt?.getTime())
  );
}

const hour = 3_600_000;
const day = 24 * hour;

export const zones = [
  'UTC',
  'Europe/Berlin',
  'America/St_Johns',
  'America/Sao_Paulo',
  'Australia/Lord_Howe',
  'Pacific/Apia',
];

/** Where calendars break: leap days, ISO week 53, ends of months and years, and the zones' own transitions. */
const boundaries = [
  '2024-02-29T00:00:00Z',
  '2024-03-01T00:00:00Z',
  '2021-01-01T00:00:00Z',
  '2021-01-04T00:00:00Z',
  '2020-12-28T00:00:00Z',
  '2026-01-01T00:00:00Z',
  '2026-10-31T23:00:00Z',
  '2026-11-16T00:00:00Z',
  '2026-03-29T01:00:00Z',
  '2026-10-25T01:00:00Z',
  '2011-11-06T02:31:00Z',
  '2010-11-07T02:31:00Z',
  '2018-11-04T03:00:00Z',
  '2019-02-17T02:00:00Z',
  '2026-04-04T15:00:00Z',
  '2026-10-03T15:30:00Z',
  '2011-12-30T10:00:00Z',
].map((text) => Date.parse(text));

const jitter = fc.constantFrom(0, 0, 0, 1, -1, 1000, -1000);
const clock = fc
  .tuple(often(Date.UTC(2026, 10, 20, 3), 2, ...boundaries), jitter, fc.constantFrom(0, hour, day))
  .map(([at, off, later]) => at + off + later);

/** A creation time: on a regular series back from now, near a boundary, in the future, missing or broken, or tied to another backup's. */
type Time = { back: number } | { at: number } | { broken: Date | undefined } | { tiedTo: number };

const time: fc.Arbitrary<Time> = fc.oneof(
  {
    weight: 45,
    arbitrary: fc
      .tuple(fc.constantFrom(hour, 6 * hour, day, 7 * day, 30 * day, 365 * day), fc.nat(40), jitter)
      .map(([step, count, off]) => ({ back: step * count + off })),
  },
  {
    weight: 30,
    arbitrary: fc
      .tuple(fc.constantFrom(...boundaries), fc.constantFrom(0, hour, -hour, day, -day), jitter)
      .map(([at, off, by]) => ({ at: at + off + by })),
  },
  { weight: 20, arbitrary: fc.nat(39).map((tiedTo) => ({ tiedTo })) },
  {
    weight: 5,
    arbitrary: fc.constantFrom(undefined, new Date(NaN), new Date(0), new Date(-1)).map((broken) => ({ broken })),
  },
);

/** Look-alike tables, one of them twice re-created, and the last two one incarnation that listings show under two names. */
const tables = [
  { tableName: 'orders', tableId: 'id-1' },
  { tableName: 'orders', tableId: 'id-2' },
  { tableName: 'Orders', tableId: 'id-3' },
  { tableName: 'Orders-', tableId: 'id-4' },
  { tableName: 'OrdersArchive', tableId: 'id-5' },
  { tableName: 'ours.orders', tableId: 'id-5' },
] as const;

type Table = (typeof tables)[number];

function draftOf(engine: Engine) {
  const { statuses, types, kept } = engineListings[engine];
  return fc.record({
    table: often<Table, Table>(tables[0], 3, ...tables),
    time,
    name: often('ours.', 10, 'ours', 'Ours.', 'yours.', 'orders$DeletedTableBackup'),
    status: statuses,
    type: types,
    kept,
    serial: fc.nat(9999),
    blank: often(undefined, 30, 'arn' as const, 'name' as const, 'tableName' as const, 'tableId' as const),
  });
}
type Draft = ReturnType<typeof draftOf> extends fc.Arbitrary<infer T> ? T : never;

const count = often(undefined, 2, 1, 2, 2, 3, 3, 5, 7, 100_000);
const rules = { last: count, hourly: count, daily: count, weekly: count, monthly: count, yearly: count };
export const lengths = ['PT1S', 'PT1H', 'P1D', 'P1W', 'P1M', 'P1M1DT1S', 'P1Y', 'P100Y'];

/** Any policy that holds at least one rule, extremes included. */
function plansOf(engine: Engine): fc.Arbitrary<Plan> {
  const keep = fc
    .record({ ...rules, within: often(undefined, 3, ...lengths) })
    .map(fewRules)
    .filter((some) => Object.keys(some).length > 0);
  return fc
    .record({
      keep,
      minimumCopies: often(1, 3, 2, 3, 10, 1_000_000),
      timeZone: fc.constantFrom(...zones),
      recoveryPoint: often(undefined, 3, 'PT1H', 'PT26H', 'P40D', 'P104W'),
    })
    .map(({ recoveryPoint, ...parts }) =>
      aPlan({ ...parts, engine, ...(recoveryPoint && { objectives: { recoveryPoint } }) }),
    );
}

function fewRules(keep: Plan['keep']): Plan['keep'] {
  return Object.fromEntries(Object.entries(keep).filter(([, value]) => value !== undefined));
}

/** Histories of up to 40 backups that an engine took of a few tables, some of them gone, created again or not covered. */
export function histories(engine: Engine): fc.Arbitrary<History> {
  const aFew = fc.array(fc.nat(39), { maxLength: 2 });
  return fc
    .record({
      plan: plansOf(engine),
      now: clock,
      drafts: fc.array(draftOf(engine), { maxLength: 40, size: 'max' }),
      dead: often('none', 6, 'orders', 'Orders', 'id-1', 'id-2'),
      holds: aFew,
      pinned: aFew,
      copied: engine === 'aws-backup' ? aFew : fc.constant([]),
      proven: fc.array(fc.nat(39), { maxLength: 4 }),
    })
    .map(({ plan, now, drafts, dead, ...some }) => {
      const backups = backupsOf(drafts, engine, now);
      const liveTables = new Map<string, string>();
      for (const { tableName, tableId } of tables)
        if (tableName !== dead && tableId !== dead && !liveTables.has(tableName)) liveTables.set(tableName, tableId);
      const arnsAt = (places: readonly number[]) => new Set(places.flatMap((nth) => backups[nth]?.arn ?? []));
      const [holds, pinned, proven] = [arnsAt(some.holds), arnsAt(some.pinned), arnsAt(some.proven)];
      const copied = arnsAt(some.copied);
      return { plan, now: new Date(now), backups, liveTables, holds, pinned, copied, proven };
    });
}

function backupsOf(drafts: readonly Draft[], engine: Engine, now: number): Backup[] {
  return drafts.map(({ table, name, status, type, kept, serial, blank }, nth): Backup => {
    const arn = engineListings[engine].arnOf(table.tableName, `${String(serial)}-${nth}`);
    const createdAt = instantOf(drafts, nth, now);
    const facts = { arn, name: name + String(serial), ...table, createdAt, status, type, sizeBytes: serial };
    const backup = { ...facts, ...(kept && { keptByAws: keptByAws(kept, now) }) };
    return blank ? { ...backup, [blank]: '' } : backup;
  });
}

function instantOf(drafts: readonly Draft[], nth: number, now: number): Date | undefined {
  const time = drafts[nth]?.time ?? { broken: undefined };
  if ('tiedTo' in time) return time.tiedTo < nth ? instantOf(drafts, time.tiedTo, now) : new Date(now);
  if ('broken' in time) return time.broken;
  return new Date('back' in time ? now - time.back : time.at);
}
