import type { ReadPlan, TableFacts } from './facts.ts';
import { spokenCount, spokenDuration } from './spoken.ts';

/** Something wrong with one table: the smaller the rank, the worse. */
export interface Finding {
  readonly rank: number;
  /** Few words for a subject line, after the plan's name. */
  readonly headline: string;
  /** The same with its figures. */
  readonly sentence: string;
}

const forecastDays = 30;

type Rule = (table: TableFacts, plan: ReadPlan) => Omit<Finding, 'rank'> | undefined;

/** Worst first: without a backup nothing else matters, and a broken promise is worse than one that will break. */
const rules: readonly Rule[] = [
  noBackup,
  recoveryPointExceeded,
  recoveryTimeExceeded,
  backupsFailed,
  backupsMissing,
  recoveryTimeWillBeExceeded,
  neverProven,
];

/** What is wrong with a table, worst first; nothing when it is fine. */
export function findingsOf(table: TableFacts, plan: ReadPlan): readonly Finding[] {
  return rules.flatMap((rule, rank) => {
    const found = rule(table, plan);
    return found ? [{ rank, ...found }] : [];
  });
}

/** Whether a finding says that an objective is missed. */
export function isBroken({ rank }: Finding): boolean {
  return rank <= rules.indexOf(recoveryTimeExceeded);
}

function noBackup({ hasBackup }: TableFacts) {
  if (hasBackup) return undefined;
  return { headline: 'a table has no backup', sentence: 'has no restorable backup' };
}

function recoveryPointExceeded({ longestGapSeconds = 0 }: TableFacts, { objectives }: ReadPlan) {
  const promised = objectives.recoveryPointSeconds ?? Infinity;
  if (longestGapSeconds <= promised) return undefined;
  const sentence = `went ${spokenDuration(longestGapSeconds)} without a new backup, promised are ${spokenDuration(promised)}`;
  return { headline: 'recovery point exceeds its objective', sentence };
}

/** > Restore times are held to their upper bound: a promise must not hope. */
function recoveryTimeExceeded({ restore }: TableFacts, { objectives }: ReadPlan) {
  const promised = objectives.recoveryTimeSeconds ?? Infinity;
  const measured = restore?.atMostSeconds ?? 0;
  if (measured <= promised) return undefined;
  const sentence = `took up to ${spokenDuration(measured)} to restore, promised are ${spokenDuration(promised)}`;
  return { headline: 'restore time exceeds its objective', sentence };
}

function backupsFailed({ failed }: TableFacts) {
  if (failed === 0) return undefined;
  return { headline: 'backups failed', sentence: `${spokenCount(failed, 'backup')} failed` };
}

function backupsMissing({ missing }: TableFacts) {
  if (missing === 0) return undefined;
  return { headline: 'backups are missing', sentence: `${spokenCount(missing, 'backup')} missing` };
}

function recoveryTimeWillBeExceeded({ forecast }: TableFacts) {
  if (forecast?.kind !== 'crossing' || forecast.days > forecastDays) return undefined;
  const days = Math.max(1, Math.floor(forecast.days));
  const sentence = `will take longer to restore than promised in about ${spokenCount(days, 'day')}`;
  return { headline: 'restore time will exceed its objective soon', sentence };
}

function neverProven({ lastProvenAt, hasBackup }: TableFacts, { drills }: ReadPlan) {
  if (!drills || lastProvenAt || !hasBackup) return undefined;
  return { headline: 'a table was never proven', sentence: 'no drill of it has passed yet' };
}
