import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type BackupReport,
  countOutcomes,
  didItsWork,
  isSuccess,
  type TableOutcome,
} from '../../lambda/jobs/backup-report.ts';

const failure = { kind: 'unknown', message: 'try again' } as const;

const outcome: fc.Arbitrary<TableOutcome> = fc.oneof(
  fc.constant<TableOutcome>({ table: 'orders', kind: 'done', backupArn: 'arn', adopted: false }),
  fc.constant<TableOutcome>({ table: 'orders', kind: 'skipped', reason: 'already-done' }),
  fc.constant<TableOutcome>({ table: 'orders', kind: 'failed', failure }),
  fc.constantFrom<TableOutcome>(
    { table: 'orders', kind: 'pending', why: 'creating' },
    { table: 'orders', kind: 'pending', why: 'not-reached' },
  ),
);

function reportOf(outcomes: readonly TableOutcome[], discoveryErrors: readonly string[]): BackupReport {
  const about = { plan: 'orders', planHash: 'hash', slot: '2026-11-20T03:00:00Z', latenessSeconds: 0, leftOut: [] };
  return { ...about, tables: outcomes.length, ...countOutcomes(outcomes), outcomes, discoveryErrors };
}

test('[M07] a backup run is a success exactly when nothing failed, nothing is pending and every table was found', () => {
  fc.assert(
    fc.property(
      fc.array(outcome, { maxLength: 6 }),
      fc.array(fc.constant('no answer'), { maxLength: 1 }),
      (all, errors) => {
        const isWhole = all.every(({ kind }) => kind === 'done' || kind === 'skipped') && errors.length === 0;

        expect(isSuccess(reportOf(all, errors), 0)).toBe(isWhole);
      },
    ),
    { numRuns: 500 },
  );
});

test('a run did its work when it took a backup, or when there surely was no table to take one of', () => {
  const taken: TableOutcome = { table: 'orders', kind: 'done', backupArn: 'arn', adopted: false };
  const failed: TableOutcome = { table: 'users', kind: 'failed', failure };

  expect([taken, failed].map((each) => didItsWork(reportOf([each], [])))).toEqual([true, false]);
  expect(didItsWork(reportOf([taken, failed], ['no answer']))).toBe(true);
  expect(didItsWork(reportOf([], []))).toBe(true);
  expect(didItsWork(reportOf([], ['no answer']))).toBe(false);
});
