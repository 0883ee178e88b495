import type { PlanFacts, ReadPlan, TableFacts, WeekFacts } from './facts.ts';
import { findingsOf, isBroken, type Finding } from './findings.ts';
import { spokenBytes, spokenCount, spokenDuration, spokenInstant } from './spoken.ts';
import { copiesLine } from './copies-line.ts';
import { restoreLine } from './restore-line.ts';
import { restoreTestsLine } from './restore-tests-line.ts';

/** A message as SNS sends it by mail. */
export interface Message {
  /** One line of at most 100 ASCII characters (source: SNS, "Publish"). */
  readonly subject: string;
  readonly text: string;
}

const longestSubject = 100;
/** SNS carries 256 KB; what surrounds the text has its part of that. */
const mostBytes = 250_000;
const mostTables = 12;
const secondsPerDay = 86_400;

/**
 * Writes the summary of a week: the answer first, then what needs a person, then each plan, worst first.
 * > The subject says that all is well only when every plan could be read and nothing is wrong with any of its tables.
 */
export function weeklyMessage(week: WeekFacts): Message {
  const plans = week.plans.map(judged).sort((one, other) => one.rank - other.rank);
  const chores = [...plans.flatMap(choresOf), ...choresOfDeployment(week)];
  const answer = answerOf(plans, chores.length);
  const lines = [
    answer,
    `Week to ${spokenInstant(week.until)}, deployment ${week.owner} in ${week.region}`,
    '',
    ...(chores.length > 0 ? ['NEEDS A PERSON', ...chores.map((chore) => `- ${chore}`)] : ['Nothing needs a person.']),
    ...plans.flatMap((plan) => ['', ...planLines(plan, week)]),
  ];
  return { subject: subjectOf(answer, week), text: cut(lines) };
}

interface Judged {
  readonly facts: PlanFacts;
  /** Of the worst finding; of a plan that could not be read -1, of one without findings infinite. */
  readonly rank: number;
  readonly headline: string | undefined;
  /** Worst first, then by name. */
  readonly tables: readonly { readonly facts: TableFacts; readonly findings: readonly Finding[] }[];
}

function judged(facts: PlanFacts): Judged {
  if (facts.kind === 'unreadable') return { facts, rank: -1, headline: 'could not be read', tables: [] };
  const tables = facts.tables
    .map((table) => ({ facts: table, findings: findingsOf(table, facts) }))
    .sort((one, other) => rankOf(one) - rankOf(other) || (one.facts.table < other.facts.table ? -1 : 1));
  const worst = tables[0]?.findings[0];
  return { facts, rank: worst?.rank ?? Number.MAX_SAFE_INTEGER, headline: worst?.headline, tables };
}

function rankOf({ findings }: { readonly findings: readonly Finding[] }): number {
  return findings[0]?.rank ?? Number.MAX_SAFE_INTEGER;
}

function answerOf(plans: readonly Judged[], chores: number): string {
  const wrong = plans.flatMap(({ facts: { plan }, headline }) =>
    headline === undefined ? [] : [`${plan}: ${headline}`],
  );
  const [worst] = wrong;
  if (worst !== undefined) {
    const more = wrong.length > 1 ? `, and ${spokenCount(wrong.length - 1, 'more plan')}` : '';
    return `${worst}${more}`;
  }
  const promises = plans.every(({ facts }) => facts.kind === 'read' && Object.keys(facts.objectives).length > 0);
  const fine = promises ? 'All plans inside their objectives' : 'Nothing wrong with any plan';
  return chores === 0 ? fine : `${fine}, ${chores === 1 ? '1 thing needs' : `${chores} things need`} a person`;
}

/** > Only characters a mail's subject may have. */
function subjectOf(answer: string, { region }: WeekFacts): string {
  const subject = `${answer} (DynamoDB backups, ${region})`.replace(/[^ -~]/g, '?');
  return subject.length <= longestSubject ? subject : answer.replace(/[^ -~]/g, '?').slice(0, longestSubject);
}

function choresOf({ facts }: Judged): string[] {
  if (facts.kind === 'unreadable') return [`${facts.plan} could not be read: ${facts.message}`];
  const { plan, blocked, held, frozen, unjudgeable, copies } = facts;
  return [
    ...(blocked ? [`${plan}: retention deletes nothing (${blocked.by}): ${blocked.detail}`] : []),
    ...(copies && copies.failed > 0 ? [`${plan}: copies given up: ${copies.failed}; the log of follow says why`] : []),
    ...(frozen > 0 ? [`${plan}: ${spokenCount(frozen, 'backup')} frozen, because a table is gone or overdue`] : []),
    ...(unjudgeable > 0 ? [`${plan}: ${spokenCount(unjudgeable, 'backup')} cannot be judged, and so stay`] : []),
    ...(held > 0 ? [`${plan}: ${spokenCount(held, 'backup')} on hold until somebody lifts it`] : []),
  ];
}

function choresOfDeployment({ unconfirmedSubscriptions: unconfirmed = 0 }: WeekFacts): string[] {
  return unconfirmed > 0
    ? [`${spokenCount(unconfirmed, 'subscription')} not confirmed: nobody hears alarms there`]
    : [];
}

function planLines({ facts, headline, tables }: Judged, week: WeekFacts): string[] {
  if (facts.kind === 'unreadable') return [`PLAN ${facts.plan}: could not be read`];
  return [
    `PLAN ${facts.plan}: ${headline ?? (Object.keys(facts.objectives).length > 0 ? 'inside its objectives' : 'well')}`,
    ...objectiveLines(facts, tables),
    backupsLine(facts),
    ...copiesLine(facts, week.until),
    ...retentionLines(facts),
    ...proofLine(facts, week),
    ...restoreTestsLine(facts, week.until),
    ...tableLines(facts, tables, week),
  ];
}

function objectiveLines({ objectives, tables }: ReadPlan, judgedTables: Judged['tables']): string[] {
  const { recoveryPointSeconds: point, recoveryTimeSeconds: time } = objectives;
  const gap = longest(tables.map(({ longestGapSeconds }) => longestGapSeconds));
  const restore = longest(tables.map((table) => table.restore?.atMostSeconds));
  const broken = judgedTables.filter(({ findings }) => findings.some(isBroken)).length;
  return [
    ...(point === undefined ? [] : [`Recovery point: longest gap ${spokenOr(gap)}, promised ${spokenDuration(point)}`]),
    ...(time === undefined
      ? []
      : [`Recovery time: slowest restore ${spokenOr(restore)}, promised ${spokenDuration(time)}`]),
    ...(broken > 0 ? [`Outside: ${broken} of ${spokenCount(tables.length, 'table')}`] : []),
  ];
}

function longest(values: readonly (number | undefined)[]): number | undefined {
  return values.reduce((most, value) => (value !== undefined && value > (most ?? -1) ? value : most), undefined);
}

function spokenOr(seconds: number | undefined): string {
  return seconds === undefined ? 'not known yet' : spokenDuration(seconds);
}

function backupsLine({ tables }: ReadPlan): string {
  const sum = (of: 'taken' | 'failed' | 'missing') => tables.reduce((total, table) => total + table[of], 0);
  return `Backups of ${spokenCount(tables.length, 'table')}: ${sum('taken')} taken, ${sum('failed')} failed, ${sum('missing')} missing`;
}

function retentionLines({ deleted, rules, kept, keptBy, storageBytes, mode }: ReadPlan): string[] {
  const by = [...keptBy].sort(([one], [other]) => (one < other ? -1 : 1)).map(([code, count]) => `${code} ${count}`);
  return [
    mode === 'report-only'
      ? 'Deleted: none, retention only reports'
      : `Deleted: ${deleted}${deleted > 0 ? `, wanted by none of ${rules.join(', ')}` : ''}`,
    `Kept: ${kept}${by.length > 0 ? ` (${by.join(', ')})` : ''}, ${spokenBytes(storageBytes)}`,
  ];
}

function proofLine({ drills, tables }: ReadPlan, { until }: WeekFacts): string[] {
  const proven = tables.flatMap(({ table, lastProvenAt }) => (lastProvenAt ? [{ table, lastProvenAt }] : []));
  const [oldest] = proven.sort((one, other) => one.lastProvenAt.getTime() - other.lastProvenAt.getTime());
  if (!drills || !oldest) return drills ? ['Oldest proof: none yet'] : [];
  return [`Oldest proof: ${spokenDuration(secondsBetween(oldest.lastProvenAt, until))} ago (${oldest.table})`];
}

function secondsBetween(earlier: Date, later: Date): number {
  return Math.max(0, (later.getTime() - earlier.getTime()) / 1000);
}

/** > Worst first, at most 12 of a plan; the others are counted, so that nobody reads 288 lines of good news. */
function tableLines(plan: ReadPlan, tables: Judged['tables'], { until }: WeekFacts): string[] {
  if (tables.length === 0) return ['It covers no table.'];
  const shown = tables.length <= mostTables ? tables : tables.filter(({ findings }) => findings.length > 0);
  const lines = shown.slice(0, mostTables).map(({ facts, findings }) => {
    const news = [...findings.map(({ sentence }) => sentence), ...restoreLine(facts, plan)];
    const proof = facts.lastProvenAt ? [`proven ${provenAgo(facts.lastProvenAt, until)}`] : [];
    return `- ${facts.table}: ${[...news, ...proof].join('; ') || 'fine'}`;
  });
  return [...lines, ...restOf(tables.slice(0), lines.length)];
}

function provenAgo(at: Date, until: Date): string {
  const days = Math.floor(secondsBetween(at, until) / secondsPerDay);
  return days === 0 ? 'today' : `${spokenCount(days, 'day')} ago`;
}

function restOf(tables: Judged['tables'], shown: number): string[] {
  const rest = tables.slice(shown);
  const fine = rest.filter(({ findings }) => findings.length === 0).length;
  const parts = [
    ...(rest.length > fine ? [`${rest.length - fine} more not fine`] : []),
    ...(fine > 0 ? [`${fine} more fine`] : []),
  ];
  return parts.length > 0 ? [`- and ${parts.join(', ')}`] : [];
}

/** Whole lines, as many as a message can carry. */
function cut(lines: readonly string[]): string {
  const last = '… and more than a message can carry';
  let bytes = Buffer.byteLength(last) + 1;
  const fitting = lines.findIndex((line) => (bytes += Buffer.byteLength(line) + 1) > mostBytes);
  return (fitting < 0 ? lines : [...lines.slice(0, fitting), last]).join('\n');
}
