import type { Plan } from '../../domain/plan.ts';
import type { CopyFacts } from '../../domain/summary/facts.ts';
import { countsIn } from '../copy-report.ts';
import type { SummaryCopies } from './ports.ts';

/**
 * What became of the copies of a plan since an instant; nothing where it copies nothing. Throws when the ledger does not answer.
 * > In every place the copy counts whose job completed last, by its slot.
 */
export async function copyFacts(
  plan: Plan,
  tables: readonly string[],
  since: Date,
  copies: SummaryCopies,
): Promise<{ readonly copies?: CopyFacts }> {
  const places = copies.placesOf(plan);
  if (places.length === 0) return {};
  const newest = await copies.newestCopies(plan.name);
  const slotOf = (vaultArn: string, name: string) =>
    newest.find(({ destinationArn, table }) => destinationArn === vaultArn && table === name)?.slot;
  const wanted = places.flatMap(({ destination: { vaultArn, region } }) =>
    tables.map((table) => ({ table, region, slot: slotOf(vaultArn, table) })),
  );
  const there = wanted.flatMap(({ slot, ...where }) => (slot ? [{ ...where, slot }] : []));
  const [oldest] = there.toSorted((one, other) => one.slot.getTime() - other.slot.getTime());
  const without = new Set(wanted.filter(({ slot }) => !slot).map(({ table }) => table));
  const counts = countsIn(await copies.reportsSince(plan.name, since));
  return { copies: { ...counts, ...(oldest && { oldest }), tablesWithout: without.size } };
}
