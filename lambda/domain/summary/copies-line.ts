import type { ReadPlan } from './facts.ts';
import { spokenCount, spokenDuration } from './spoken.ts';

/** What became of the copies of a plan that copies, and how old the newest ones are where they are oldest. */
export function copiesLine({ copies }: ReadPlan, until: Date): string[] {
  if (!copies) return [];
  const { made, failed, oldest, tablesWithout } = copies;
  const news = [
    `${made} made, ${failed} given up`,
    ...(oldest
      ? [`newest ${ageOf(oldest.slot, until)} old where it is oldest (${oldest.table} in ${oldest.region})`]
      : []),
    ...(tablesWithout > 0 ? [`${spokenCount(tablesWithout, 'table')} without a copy in some place`] : []),
  ];
  return [`Copies: ${news.join('; ')}`];
}

function ageOf(slot: Date, until: Date): string {
  return spokenDuration((until.getTime() - slot.getTime()) / 1000);
}
