import { looksLikeDrillTable } from './drill/drill-table-name.ts';
import { matchesGlob } from './glob.ts';
import type { Plan } from './plan.ts';
import { looksLikeRestoreTest } from './restore-test.ts';

/** A plan's `tables`: a table is covered when any of the three selectors picks it and no exception does. */
export type TableSelection = Plan['tables'];

/** A table as discovery sees it; `tags` is undefined when nobody has read them. */
export interface TaggedTable {
  readonly name: string;
  readonly tags?: Readonly<Record<string, string>> | undefined;
}

/** What the name of a table alone tells; `depends-on-tags` only for plans that select by tag. */
export type NameCoverage = 'covered' | 'not-covered' | 'depends-on-tags';

/**
 * Tells whether a plan covers a table.
 * > Named, or matching a glob, or carrying all given tags; an exception always wins.
 * Unread tags count as no tags: discover them first when `selectsByTag`.
 */
export function coversTable(selection: TableSelection, { name, tags }: TaggedTable): boolean {
  const coverage = coversName(selection, name);
  return coverage === 'depends-on-tags' ? hasAllTags(tags, selection) : coverage === 'covered';
}

/** Tells what can be said about a table before its tags are known. */
export function coversName(selection: TableSelection, name: string): NameCoverage {
  if (matchesAny(selection.except, name)) return 'not-covered';
  if (selection.named?.includes(name) || matchesAny(selection.matching, name)) return 'covered';
  return selectsByTag(selection) ? 'depends-on-tags' : 'not-covered';
}

/** The names of the tables a plan covers, each once, in the order given. */
export function coveredTables(selection: TableSelection, tables: readonly TaggedTable[]): string[] {
  return [...new Set(tables.filter((table) => coversTable(selection, table)).map(({ name }) => name))];
}

/** A table that the selectors pick and that is not covered all the same. */
export interface LeftOutTable {
  readonly table: string;
  readonly reason: string;
}

/**
 * Tells apart what a plan covers and what it picks but leaves out, because it comes and goes by itself.
 * > A drill table is never covered. What AWS Backup's own restore testing made is covered only where the plan names it.
 */
export function selectTables(
  selection: TableSelection,
  candidates: readonly TaggedTable[],
  drillTablePrefix: string,
): { readonly tables: readonly string[]; readonly leftOut: readonly LeftOutTable[] } {
  const tables: string[] = [];
  const leftOut: LeftOutTable[] = [];
  for (const table of coveredTables(selection, candidates)) {
    const reason = whyLeftOut(selection, table, drillTablePrefix);
    if (reason === undefined) tables.push(table);
    else leftOut.push({ table, reason });
  }
  return { tables, leftOut };
}

function whyLeftOut({ named }: TableSelection, table: string, drillTablePrefix: string): string | undefined {
  if (looksLikeDrillTable(table, drillTablePrefix)) return 'it is a drill table';
  const isNamed = named?.includes(table) ?? false;
  return looksLikeRestoreTest(table) && !isNamed ? "AWS Backup's own restore testing made it" : undefined;
}

/**
 * The tables a plan names that do not exist: each must be reported, and its backups stay frozen. A name the plan itself excepts is
 * not missed.
 */
export function missingTables(selection: TableSelection, existing: Iterable<string>): string[] {
  const known = new Set(existing);
  return [...new Set(selection.named)].filter((name) => !known.has(name) && !matchesAny(selection.except, name));
}

/** Tells whether tags must be read to know what the plan covers. No tag at all selects nothing, never everything. */
export function selectsByTag(selection: TableSelection): boolean {
  return wantedTags(selection).length > 0;
}

function matchesAny(globs: readonly string[] | undefined, name: string): boolean {
  return globs?.some((glob) => matchesGlob(glob, name)) ?? false;
}

function hasAllTags(tags: TaggedTable['tags'], selection: TableSelection): boolean {
  const present = new Map(Object.entries(tags ?? {}));
  return wantedTags(selection).every(([key, value]) => present.get(key) === value);
}

function wantedTags({ tagged }: TableSelection): [string, string][] {
  return Object.entries(tagged ?? {});
}
