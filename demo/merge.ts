import type { Check } from './check.ts';
import type { Story } from './stories.ts';
import type { Summary } from './summary.ts';

/** One summary of what was lived at the same time in several Regions. */
export function merge(summaries: readonly Summary[], stories: readonly Story[]): Summary {
  const [first, ...others] = summaries;
  if (!first) throw new Error('nothing was lived');
  if (others.length === 0) return first;
  const all = <T>(of: (summary: Summary) => readonly T[]): T[] => summaries.flatMap(of);
  return {
    ...first,
    tables: all(({ tables }) => tables),
    drills: all(({ drills }) => drills),
    faults: all(({ faults }) => faults).sort((one, other) => one.from.localeCompare(other.from)),
    timeline: all(({ timeline }) => timeline),
    operatorSteps: all(({ operatorSteps }) => operatorSteps),
    checks: mergedChecks(summaries, stories),
    runs: summed(summaries.map(({ runs }) => runs)),
    apiCalls: summed(summaries.map(({ apiCalls }) => apiCalls)),
  };
}

/** > A promise holds when it holds in every Region that it is about. */
function mergedChecks(summaries: readonly Summary[], stories: readonly Story[]): Check[] {
  const checks = new Map<string, Check>();
  summaries.forEach((summary, nth) => {
    for (const check of summary.checks) {
      const known = checks.get(check.id);
      const found = `${stories[nth]?.region ?? ''}: ${check.found}`;
      checks.set(check.id, {
        ...check,
        holds: check.holds && (known?.holds ?? true),
        found: known ? `${known.found}; ${found}` : found,
      });
    }
  });
  return [...checks.values()];
}

function summed<Key extends string>(counts: readonly Readonly<Record<Key, number>>[]): Record<Key, number> {
  const total: Partial<Record<Key, number>> = {};
  for (const count of counts) {
    for (const [key, value] of Object.entries(count) as [Key, number][]) total[key] = (total[key] ?? 0) + value;
  }
  return total as Record<Key, number>;
}
