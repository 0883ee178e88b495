import { describe, expect, test } from '@jest/globals';
import { eventDetails, type Event } from '../../lambda/domain/events/event.ts';
import { planSchema, type Plan } from '../../lambda/domain/plan.ts';
import { backupEvents } from '../../lambda/jobs/backup-events.ts';
import type { TableOutcome } from '../../lambda/jobs/backup-report.ts';
import { copyEvents } from '../../lambda/jobs/copy-events.ts';
import { drillEvents } from '../../lambda/jobs/drill/drill-events.ts';
import { pruneEvents } from '../../lambda/jobs/prune-events.ts';
import {
  aBackupReport,
  aCopyReport,
  aDrillResult,
  aPruneReport,
  backupArnOf,
  copyOf,
  copyVaultArn,
  done,
  nothingRestored,
  speaker,
} from './event-reports.ts';

/** Valid, and with nothing in it that the schema does not know. */
function expectDocumented(events: readonly Event[]): void {
  for (const { type, detail } of events) expect(eventDetails[type].parse(detail)).toEqual(detail);
}

const missing: TableOutcome = {
  table: 'invoices',
  kind: 'failed',
  failure: { kind: 'missing', message: 'the table does not exist' },
};

describe('a backup run', () => {
  test('tells in one event of all backups that became restorable, and of no other', () => {
    const skipped: TableOutcome = { table: 'users', kind: 'skipped', reason: 'already-done' };

    const events = backupEvents(aBackupReport([done('orders'), done('items'), skipped]), 0, speaker);

    expect(events).toMatchObject([
      {
        type: 'Backups Taken',
        detail: {
          plan: 'orders',
          slot: '2026-11-20T03:00:00.000Z',
          tables: 3,
          taken: 2,
          backups: [
            { table: 'orders', backupArn: backupArnOf('orders') },
            { table: 'items', backupArn: backupArnOf('items') },
          ],
        },
      },
    ]);
    expectDocumented(events);
  });

  test('[M06] tells of no backup that is not restorable yet', () => {
    const creating: TableOutcome = { table: 'orders', kind: 'pending', why: 'creating' };

    const events = backupEvents(aBackupReport([creating]), 0, speaker);

    expect(events).toMatchObject([
      { type: 'Backups Failed', detail: { pending: 1, problems: [{ table: 'orders', reason: 'not-restorable-yet' }] } },
    ]);
    expectDocumented(events);
  });

  test('that had nothing to do tells nothing', () => {
    expect(
      backupEvents(aBackupReport([{ table: 'orders', kind: 'skipped', reason: 'superseded' }]), 0, speaker),
    ).toEqual([]);
  });

  test('tells in one event of all tables that have no backup, each with its reason', () => {
    const events = backupEvents(aBackupReport([done('orders'), missing]), 0, speaker);

    expect(events).toMatchObject([
      { type: 'Backups Taken' },
      {
        type: 'Backups Failed',
        detail: {
          failed: 1,
          problems: [{ table: 'invoices', reason: 'missing', message: 'the table does not exist' }],
        },
      },
    ]);
    expectDocumented(events);
  });

  test('leaves the tables it handed over to the run that has them', () => {
    const notReached: TableOutcome = { table: 'users', kind: 'pending', why: 'not-reached' };

    expect(backupEvents(aBackupReport([notReached]), 1, speaker)).toEqual([]);
    expect(backupEvents(aBackupReport([missing, notReached]), 1, speaker)).toMatchObject([
      { type: 'Backups Failed', detail: { failed: 1, pending: 0, problems: [{ table: 'invoices' }] } },
    ]);
  });

  test('that could not find all tables says so, even when those it found went well', () => {
    const report = aBackupReport([done('orders')], { discoveryErrors: ['no answer from the tagging API'] });

    const events = backupEvents(report, 0, speaker);

    expect(events).toMatchObject([
      { type: 'Backups Taken' },
      { type: 'Backups Failed', detail: { failed: 0, discoveryErrors: ['no answer from the tagging API'] } },
    ]);
    expectDocumented(events);
  });

  test('that is tried again and fails alike is the same news, whatever the error says now', () => {
    const later = { ...missing, failure: { kind: 'missing', message: 'request 2 failed' } } as const;
    const [first] = backupEvents(aBackupReport([missing]), 0, speaker);
    const [again] = backupEvents(aBackupReport([later]), 0, { ...speaker, now: new Date('2026-11-20T03:01:09Z') });

    expect(again?.detail.id).toBe(first?.detail.id);
  });

  test('over 2,500 tables with long names tells of all of them, in events no larger than EventBridge carries', () => {
    const names = Array.from({ length: 2_500 }, (_, nth) => `${'t'.repeat(200)}-${nth}`);

    const events = backupEvents(aBackupReport(names.map(done)), 0, speaker);

    const told = events.flatMap((event) => (event.type === 'Backups Taken' ? event.detail.backups : []));
    expect(told.map(({ table }) => table)).toEqual(names);
    expect(new Set(events.map(({ detail }) => detail.id)).size).toBe(events.length);
    for (const { detail } of events) expect(Buffer.byteLength(JSON.stringify(detail))).toBeLessThan(250_000);
    expectDocumented(events);
  });
});

describe('a run that follows copies', () => {
  const shut = { kind: 'job-failed', message: 'AWS Backup ended the job as FAILED: the vault is shut' } as const;

  test('tells in one event of all copies that are there, whose they are and where', () => {
    const made = ['orders', 'items'].map((table) => ({ ...copyOf(table), copyArn: `arn:copy-of-${table}` }));

    const events = copyEvents(aCopyReport({ made }), speaker);

    expect(events).toMatchObject([
      {
        type: 'Copies Made',
        at: speaker.now,
        detail: {
          plan: 'orders',
          made: 2,
          copies: [
            {
              table: 'orders',
              slot: '2026-11-20T03:00:00.000Z',
              vaultArn: copyVaultArn,
              copyArn: 'arn:copy-of-orders',
            },
            { table: 'items', backupArn: copyOf('items').sourceArn, copyArn: 'arn:copy-of-items' },
          ],
        },
      },
    ]);
    expectDocumented(events);
  });

  test('tells in one event of all copies that were given up, each with its reason, its message cut', () => {
    const failed = [
      { ...copyOf('orders'), failure: shut },
      { ...copyOf('items'), failure: { kind: 'missing', message: 'x'.repeat(2_000) } as const },
    ];

    const events = copyEvents(aCopyReport({ failed }), speaker);

    expect(events).toMatchObject([
      {
        type: 'Copies Failed',
        detail: {
          failed: 2,
          problems: [
            { table: 'orders', backupArn: copyOf('orders').sourceArn, vaultArn: copyVaultArn, reason: 'job-failed' },
            { table: 'items', reason: 'missing' },
          ],
        },
      },
    ]);
    expect(JSON.stringify(events)).toContain(shut.message);
    expect(JSON.stringify(events).length).toBeLessThan(2_500);
    expectDocumented(events);
  });

  test('tells nothing of those it has to look at again', () => {
    expect(copyEvents(aCopyReport({ open: 3 }), speaker)).toEqual([]);
  });

  test('that is repeated because its end was lost is the same news, whatever the error says now', () => {
    const told = (message: string, now: Date) =>
      copyEvents(
        aCopyReport({
          made: [{ ...copyOf('items'), copyArn: 'arn:copy' }],
          failed: [{ ...copyOf('orders'), failure: { ...shut, message } }],
        }),
        { ...speaker, now },
      ).map(({ detail }) => detail.id);

    const ids = told('request 1 failed', speaker.now);

    expect(told('request 2 failed', new Date('2026-11-20T03:10:00Z'))).toEqual(ids);
    expect(new Set(ids).size).toBe(2);
  });

  test('tells of 2,500 copies of tables with long names in events no larger than EventBridge carries', () => {
    const names = Array.from({ length: 2_500 }, (_, nth) => `${'t'.repeat(200)}-${nth}`);
    const made = names.map((table) => ({ ...copyOf(table), copyArn: `arn:copy-of-${table}` }));

    const events = copyEvents(aCopyReport({ made }), speaker);

    const told = events.flatMap((event) => (event.type === 'Copies Made' ? event.detail.copies : []));
    expect(told.map(({ table }) => table)).toEqual(names);
    expect(new Set(events.map(({ detail }) => detail.id)).size).toBe(events.length);
    for (const { detail } of events) expect(Buffer.byteLength(JSON.stringify(detail))).toBeLessThan(250_000);
    expectDocumented(events);
  });
});

describe('a prune run', () => {
  const told = { owner: 'ab12cd34', slot: new Date('2026-11-20T04:00:00Z'), now: new Date('2026-11-20T04:00:09Z') };

  test('that is blocked tells why, and how much stays because of it', () => {
    const blocked = { by: 'deletion-cap', detail: '10 of 30 backups of table orders would be deleted' };

    const events = pruneEvents(aPruneReport({ blocked }), told);

    expect(events).toMatchObject([
      { type: 'Retention Blocked', detail: { reason: 'deletion-cap', message: blocked.detail, expired: 10 } },
    ]);
    expectDocumented(events);
  });

  test('that is not blocked tells nothing', () => {
    expect(pruneEvents(aPruneReport(), told)).toEqual([]);
  });
});

describe('a drill', () => {
  const planWith = (recoveryTime: string | undefined): Plan =>
    planSchema.parse({
      name: 'orders',
      tables: { named: ['orders'] },
      backup: { schedule: 'rate(1 hour)' },
      keep: { last: 3 },
      ...(recoveryTime && { objectives: { recoveryTime } }),
    });

  test('tells how it ended, with its times and their bounds', () => {
    const events = drillEvents(aDrillResult(), planWith('PT1H'), 'ab12cd34');

    expect(events).toMatchObject([
      {
        type: 'Drill Finished',
        at: new Date('2026-11-22T05:51:00.000Z'),
        resources: [backupArnOf('orders')],
        detail: {
          table: 'orders',
          outcome: 'passed',
          times: { total: { atLeastSeconds: 3_006, atMostSeconds: 3_030 } },
          cleanUp: 'deleted',
        },
      },
    ]);
    expectDocumented(events);
  });

  test.each([
    { recoveryTime: 'PT50M30S', broken: false },
    { recoveryTime: 'PT50M29S', broken: true },
    { recoveryTime: undefined, broken: false },
  ])('of at most 3,030 seconds breaks an objective of $recoveryTime: $broken', ({ recoveryTime, broken }) => {
    const events = drillEvents(aDrillResult(), planWith(recoveryTime), 'ab12cd34');

    expect(events.map(({ type }) => type)).toEqual([
      'Drill Finished',
      ...(broken ? ['Recovery Objective Broken'] : []),
    ]);
    expectDocumented(events);
  });

  test('that broke the objective says what was promised and what was measured', () => {
    const [, event] = drillEvents(aDrillResult(), planWith('PT30M'), 'ab12cd34');

    expect(event?.detail).toMatchObject({
      objective: 'recovery-time',
      objectiveSeconds: 1_800,
      tables: [
        {
          table: 'orders',
          measured: { atLeastSeconds: 3_006, atMostSeconds: 3_030 },
          backupArn: backupArnOf('orders'),
        },
      ],
    });
  });

  test('given up after longer than promised broke the objective, by what is certain', () => {
    const result = aDrillResult({
      outcome: 'timed-out',
      failure: { phase: 'restore', kind: 'timed-out', message: 'not restored within PT24H' },
      times: { restore: { atLeastSeconds: 86_400 } },
    });

    const events = drillEvents(result, planWith('PT1H'), 'ab12cd34');

    expect(events[1]?.detail).toMatchObject({
      objectiveSeconds: 3_600,
      tables: [{ measured: { atLeastSeconds: 86_400 } }],
    });
    expectDocumented(events);
  });

  test('without all indexes breaks no objective', () => {
    const events = drillEvents(aDrillResult({ indexes: ['by-customer'] }), planWith('PT1S'), 'ab12cd34');

    expect(events.map(({ type }) => type)).toEqual(['Drill Finished']);
    expectDocumented(events);
  });

  test('whose validation failed does not quote what it found, for that could be items', () => {
    const failure = { phase: 'validate', kind: 'not-as-backed-up', message: 'total is secret-42' } as const;

    const [event] = drillEvents(aDrillResult({ outcome: 'failed', failure }), planWith('PT1H'), 'ab12cd34');

    expect(event?.detail).toMatchObject({ failure: { phase: 'validate', reason: 'not-as-backed-up' } });
    expect(JSON.stringify(event)).not.toContain('secret-42');
  });

  test('without anything to restore tells what failed', () => {
    const failure = { phase: 'choose', kind: 'no-backup', message: 'it has no backup' } as const;

    const events = drillEvents(
      nothingRestored({ outcome: 'failed', failure, times: {} }),
      planWith('PT1H'),
      'ab12cd34',
    );

    expect(events).toMatchObject([
      { detail: { outcome: 'failed', failure: { reason: 'no-backup', message: 'it has no backup' } } },
    ]);
    expectDocumented(events);
  });
});
