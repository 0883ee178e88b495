import type { DrillTableScope } from '../domain/drill/drill-table-name.ts';
import type { Plan } from '../domain/plan.ts';
import { selectTables, selectsByTag, type LeftOutTable, type TaggedTable } from '../domain/selection.ts';
import type { NameListing, Tables } from './ports.ts';

/** The tables a plan covers right now. When `complete` is false the names are those known so far, and retention must not run. */
export interface Discovery {
  readonly complete: boolean;
  readonly tables: readonly string[];
  /** What the plan picks and yet does not cover. */
  readonly leftOut: readonly LeftOutTable[];
  readonly errors: readonly Error[];
}

const nothing: NameListing = { complete: true, names: [] };

/**
 * Finds the tables a plan covers.
 * > A named table is covered whether or not it exists, so that its absence is noticed.
 * > A drill table is never covered, though it carries the tags of its source, and whichever deployment with this prefix made it.
 * > What AWS Backup's own restore testing made is covered only where the plan names it.
 */
export async function discoverTables(
  selection: Plan['tables'],
  tables: Tables,
  { drillTablePrefix }: Pick<DrillTableScope, 'drillTablePrefix'>,
): Promise<Discovery> {
  const all = selection.matching?.length ? await tables.names() : nothing;
  const tagged = selectsByTag(selection) ? await tables.tagged(selection.tagged ?? {}) : nothing;
  const candidates: TaggedTable[] = [
    ...[...(selection.named ?? []), ...namesIn(all)].map((name) => ({ name })),
    ...namesIn(tagged).map((name) => ({ name, tags: selection.tagged })),
  ];
  return {
    complete: all.complete && tagged.complete,
    ...selectTables(selection, candidates, drillTablePrefix),
    errors: [all, tagged].flatMap((listing) => (listing.complete ? [] : [listing.error])),
  };
}

function namesIn(listing: NameListing): readonly string[] {
  return listing.complete ? listing.names : listing.known;
}
