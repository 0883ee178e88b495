import Table from 'cli-table3';
import type { DrillSummary } from './drill-summary.ts';
import { duration, item, wrap } from './layout.ts';
import { printTimeline } from './print-timeline.ts';
import type { FaultSummary, Summary, TableSummary } from './summary.ts';

/** What a run of the demo cost on this machine. */
export interface Measured {
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly memoryMb: number;
}

const narrowest = 80;

/** The summary as a person reads it, in lines no wider than `columns`, but 80 at least. */
export function printSummary(summary: Summary, measured: Measured, columns: number): string {
  const width = Math.max(narrowest, Math.min(columns, 120));
  const taken = sum(summary.tables.map((table) => table.taken));
  const deleted = sum(summary.tables.map((table) => table.deleted));
  const life = `${summary.days} days of backups, ${summary.from.slice(0, 10)} to ${summary.until.slice(0, 10)}: ${number(taken)} taken, ${number(deleted)} expired and deleted, ${number(taken - deleted)} kept.`;
  return [
    wrap(life, width),
    tablesOf(summary, width),
    ...gapsExplained(summary, width),
    heading('Why they are kept', wrap('One backup may be kept for several reasons.', width)),
    ...summary.tables.map((table) => keptLine(table, width)),
    heading('Restore drills', wrap(drillNote, width)),
    drillsOf(summary),
    '',
    ...summary.drills.map((drills) => outlookLine(drills, width)),
    heading('Faults survived'),
    ...summary.faults.flatMap((fault) => faultLines(fault, width)),
    ...(summary.timeline.length > 0 ? [heading('Timeline of incidents'), ...printTimeline(summary, width)] : []),
    heading('Checked against the account, by none of our own code'),
    ...summary.checks.flatMap(({ holds, promise, found }) => item(holds, promise, found, width)),
    '',
    wrap(costOf(summary, measured), width),
  ].join('\n');
}

function tablesOf({ tables }: Summary, width: number): string {
  const wide = width >= 110;
  const head = ['Table', 'Plan', 'Taken', 'Kept', 'Deleted', 'Oldest', 'Newest', 'Longest gap'];
  const table = new Table({
    head: wide ? [...head, 'Covered by'] : head,
    style: plainStyle,
    colAligns: ['left', 'left', 'right', 'right', 'right', 'left', 'left', 'right', 'left'],
    chars: wide ? { ...plainLines, middle: ' ', 'mid-mid': '─' } : { ...plainLines, middle: '', 'mid-mid': '' },
  });
  for (const row of tables) table.push(wide ? [...cellsOf(row), row.coveredBy] : cellsOf(row));
  return `\n${table.toString().replaceAll(/ +$/gm, '')}`;
}

const drillNote =
  'Each restored a backup for real. Times are upper bounds; the median and the phases are those of all drills that passed.';

function drillsOf({ drills }: Summary): string {
  const table = new Table({
    head: ['Table', 'Passed', 'Failed', 'Last', 'Median', 'Restore', 'Indexes', 'Re-arm', 'Validate'],
    style: plainStyle,
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right', 'right', 'right'],
    chars: { ...plainLines, middle: '', 'mid-mid': '' },
  });
  for (const { table: name, passed, failed, last, median } of drills) {
    const phases = [median?.total, median?.restore, median?.indexes, median?.rearm, median?.validate];
    const times = [last?.total, ...phases].map(secondsOf);
    table.push([name, number(passed), number(failed), ...times]);
  }
  return table.toString().replaceAll(/ +$/gm, '');
}

/** What the forecast says of a table, and what came of it. */
function outlookLine(summary: DrillSummary, width: number): string {
  const { table, objectiveSeconds, forecast, overSince, firstMissed, foreseen } = summary;
  const sentences = [
    `objective ${secondsOf(objectiveSeconds ?? undefined)}`,
    forecastOf(forecast, overSince),
    ...(firstMissed
      ? [`first missed by the drill of ${dateOf(firstMissed.at)} (${secondsOf(firstMissed.seconds)})`]
      : []),
    ...(foreseen
      ? [
          `foreseen since ${dateOf(foreseen.at)}, ${foreseen.daysAhead} days ahead, then for ${dateOf(foreseen.namedDate)}`,
        ]
      : firstMissed
        ? ['not foreseen']
        : []),
  ];
  return wrap(`  ${table.padEnd(15)} ${sentences.join('; ')}`, width, 18);
}

function forecastOf(forecast: DrillSummary['forecast'], overSince: string | null): string {
  switch (forecast.kind) {
    case 'too-little-data':
      return 'too little data to foresee anything';
    case 'not-growing':
      return 'not growing';
    case 'over':
      return `crossed, by the trend since ${dateOf(overSince)}`;
    case 'crossing':
      return `crossed in ${number(Math.round(forecast.days))} days at the present growth, in ${number(Math.round(forecast.daysAtLeast))} at the soonest`;
  }
}

/** Whole seconds; below one, hundredths. */
function secondsOf(seconds: number | undefined): string {
  if (seconds === undefined) return '–';
  return `${seconds < 1 ? seconds.toFixed(2) : number(Math.ceil(seconds))} s`;
}

const plainStyle = { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 1 };

/** Only a line under the head: the rest is alignment. */
const plainLines = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  right: '',
  'right-mid': '',
};

function cellsOf(row: TableSummary): string[] {
  return [
    row.table,
    row.plan,
    number(row.taken),
    number(row.kept),
    number(row.deleted),
    dateOf(row.oldest),
    dateOf(row.newest),
    row.longestGap ? duration(row.longestGap.seconds) : '–',
  ];
}

/** Which incident made a table's longest gap what it is. */
function gapsExplained({ tables, faults }: Summary, width: number): string[] {
  const lines = tables.flatMap(({ table, longestGap }) => {
    const causes = faults.filter(({ id }) => longestGap?.during.includes(id)).map(({ title }) => title);
    return causes.length === 0 ? [] : [wrap(`The longest gap of ${table} is due to ${causes.join(', ')}.`, width, 2)];
  });
  return lines.length === 0 ? [] : ['', ...lines];
}

function keptLine(row: TableSummary, width: number): string {
  const reasons = Object.entries(row.keptByReason).map(([code, amount]) => `${code}\u00a0${amount}`);
  const extra = [
    ...(row.expiring > 0 ? [`${row.expiring} more go with the next prune run`] : []),
    ...(row.tableDeletedAt ? [`table deleted ${row.tableDeletedAt.slice(0, 10)}: all its backups are frozen`] : []),
  ];
  return wrap(`  ${row.table.padEnd(15)} ${[reasons.join(' · '), ...extra].join('; ')}`, width, 18);
}

function faultLines({ survived, from, title, what }: FaultSummary, width: number): string[] {
  return item(survived, `${from.slice(0, 10)}  ${title}`, what, width);
}

function heading(title: string, note = ''): string {
  return `\n${title}${note ? `\n${note}` : ''}`;
}

function costOf({ runs, apiCalls, drills }: Summary, { wallSeconds, cpuSeconds, memoryMb }: Measured): string {
  const drilled = sum(drills.map(({ passed, failed }) => passed + failed));
  const looks = runs.watch > 0 ? `, ${number(runs.watch)} looks of the watch` : '';
  const calls = `${number(runs.backup)} backup runs, ${number(runs.prune)} prune runs, ${number(drilled)} ${drilled === 1 ? 'drill' : 'drills'}, ${number(runs.sweep)} sweeps${looks} made ${number(apiCalls.all ?? 0)} API calls`;
  return `${calls}; it took ${wallSeconds.toFixed(1)} s here (${cpuSeconds.toFixed(1)} s of CPU, ${memoryMb.toFixed(0)} MB).`;
}

function dateOf(instant: string | null): string {
  return instant?.slice(0, 10) ?? '–';
}

function number(value: number): string {
  return value.toLocaleString('en-GB');
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
