import type { BackupReport, TableOutcome } from '../../lambda/jobs/backup-report.ts';
import { countOutcomes } from '../../lambda/jobs/backup-report.ts';
import type { CopyReport, NamedCopy } from '../../lambda/jobs/copy-report.ts';
import type { DrillResult } from '../../lambda/jobs/drill/drill-result.ts';
import type { PruneReport } from '../../lambda/jobs/prune-report.ts';

export const speaker = { owner: 'ab12cd34', now: new Date('2026-11-20T03:00:07Z') };

export function backupArnOf(table: string): string {
  return `arn:aws:dynamodb:eu-central-1:123456789012:table/${table}/backup/01763607600000-b308cd7d`;
}

/** A table whose backup became restorable. */
export function done(table: string): TableOutcome {
  return { table, kind: 'done', backupArn: backupArnOf(table), adopted: false };
}

export function aBackupReport(outcomes: readonly TableOutcome[], parts: Partial<BackupReport> = {}): BackupReport {
  return {
    plan: 'orders',
    planHash: 'hash',
    slot: '2026-11-20T03:00:00.000Z',
    tables: outcomes.length,
    ...countOutcomes(outcomes),
    latenessSeconds: 1.5,
    discoveryErrors: [],
    leftOut: [],
    outcomes,
    ...parts,
  };
}

export const copyVaultArn = 'arn:aws:backup:eu-west-1:123456789012:backup-vault:dynamodb-copies-ab12cd34-eu-central-1';

export function copyOf(table: string): NamedCopy {
  const sourceArn = `arn:aws:backup:eu-central-1:123456789012:recovery-point:of-${table}`;
  return { table, slot: '2026-11-20T03:00:00.000Z', sourceArn, destinationArn: copyVaultArn };
}

/** A run that learned nothing of copies; parts can be replaced. */
export function aCopyReport(parts: Partial<CopyReport>): CopyReport {
  return { plan: 'orders', planHash: 'hash', made: [], failed: [], open: 0, ...parts };
}

export function aPruneReport(parts: Partial<PruneReport> = {}): PruneReport {
  return {
    plan: 'orders',
    planHash: 'hash',
    mode: 'enforce',
    listed: 40,
    kept: 30,
    expired: 10,
    frozen: 0,
    held: 0,
    unjudgeable: 0,
    blocked: null,
    deletions: [],
    spared: [],
    ranOutOfTime: false,
    undescribedTables: [],
    ...parts,
  };
}

/** A drill that passed; parts can be replaced. */
export function aDrillResult(parts: Partial<DrillResult> = {}): DrillResult {
  return {
    version: 1,
    plan: 'orders',
    table: 'orders',
    slot: '2026-11-22T05:00:00.000Z',
    targetName: 'ddb-drill-ab12cd34-0123456789abcdef',
    executionId: 'execution',
    outcome: 'passed',
    source: {
      arn: backupArnOf('orders'),
      createdAt: '2026-11-22T04:00:01.000Z',
      sizeBytes: 2_000_000_000,
      itemCount: 1_000,
    },
    indexes: 'all',
    billing: 'on-demand',
    times: {
      restore: { atLeastSeconds: 3_000, atMostSeconds: 3_012 },
      indexes: { atLeastSeconds: 0, atMostSeconds: 12 },
      rearmSeconds: 4,
      validateSeconds: 2,
      total: { atLeastSeconds: 3_006, atMostSeconds: 3_030 },
    },
    settings: 'not-wanted',
    itemsVerified: 1_000,
    checksPassed: 1,
    startedAt: '2026-11-22T05:00:03.000Z',
    finishedAt: '2026-11-22T05:51:00.000Z',
    cleanUp: 'deleted',
    ...parts,
  };
}

/** A drill that found nothing to restore. */
export function nothingRestored(parts: Partial<DrillResult>): DrillResult {
  const result = { ...aDrillResult(parts) };
  Reflect.deleteProperty(result, 'source');
  return result;
}
