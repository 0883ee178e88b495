import type { Backup } from '../lambda/domain/backup.ts';
import type { Judgement, Verdict } from '../lambda/domain/retention.ts';

/** A judgement for people: table by table and newest first, one line per reason, then a summary. A million rows are no trouble. */
export function judgementAsText({ verdicts, blocked, counts }: Judgement, now: Date): string {
  const rows = verdicts.toSorted(byTableAndAge).flatMap(rowsOf);
  const { kept, expired, frozen, held, unjudgeable } = counts;
  const summary = `at ${now.toISOString()}: ${verdicts.length} backups, ${kept} kept, ${expired} to delete`;
  const among = `(of the kept, ${frozen} frozen, ${held} held, ${unjudgeable} unjudgeable)`;
  const stop = blocked ? [`nothing would be deleted: ${blocked.by}: ${printable(blocked.detail)}`] : [];
  return [
    ...aligned([['VERDICT', 'TABLE', 'TABLE ID', 'CREATED', 'BACKUP', 'REASONS'], ...rows]),
    '',
    `${summary} ${among}`,
  ]
    .concat(stop, '')
    .join('\n');
}

/** The first reason stands beside the backup, the others below it. */
function rowsOf({ backup, verdict, reasons: [first, ...others] }: Verdict): string[][] {
  const created = backup.createdAt?.toISOString() ?? '-';
  const facts = [verdict, backup.tableName, backup.tableId, created, backup.arn].map(printable);
  return [[...facts, first?.detail ?? ''], ...others.map(({ detail }) => [...facts.map(() => ''), detail])];
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, nth) => (widths[nth] = Math.max(widths[nth] ?? 0, cell.length)));
  return rows.map((row) =>
    row
      .map((cell, nth) => cell.padEnd(widths[nth] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

function byTableAndAge({ backup: one }: Verdict, { backup: other }: Verdict): number {
  return (
    compare(one.tableName, other.tableName) ||
    compare(one.tableId, other.tableId) ||
    timeOf(other) - timeOf(one) ||
    compare(one.arn, other.arn)
  );
}

function compare(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}

function timeOf({ createdAt }: Backup): number {
  return createdAt?.getTime() ?? 0;
}

/** Names come from a file: what is not printable must not reach a terminal. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '\uFFFD');
}
