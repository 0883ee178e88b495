import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import {
  backupMetrics,
  copyMetrics,
  drillMetrics,
  eventMetrics,
  pruneMetrics,
  sweepMetrics,
  watchDeploymentMetrics,
  watchMetrics,
  watchTableMetrics,
} from '../../lambda/contract/metrics.ts';

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const phases = 4;

/** Every metric a plan can have: one that drills and copies, with both objectives and point-in-time recovery promised. */
const perPlan = new Set<string>([
  ...[backupMetrics, copyMetrics, eventMetrics, pruneMetrics, sweepMetrics, watchMetrics].flatMap((names) =>
    Object.values(names),
  ),
  ...[drillMetrics.restoreTime, drillMetrics.restoreTimeToObjective, drillMetrics.age],
]).size;
const deployment = Object.keys(watchDeploymentMetrics).length;
const drilled = new Set<string>(Object.values(drillMetrics));
/** Drills publish each phase apart. */
const perDrilledTable = drilled.size - 1 + phases;
/** A restore out of cold storage is a series of its own: the whole, which no objective is held against, and each phase. */
const moreOutOfColdStorage = 1 + phases;
const moreInDetail = watchTableMetrics.filter((name) => !drilled.has(name)).length;

function metrics(plans: number, tables: number, detail: 'plan' | 'table'): number {
  return deployment + plans * perPlan + tables * (perDrilledTable + (detail === 'table' ? moreInDetail : 0));
}

/** List price of us-east-1 for a month of the first 10,000 metrics, in US dollars. */
function price(count: number): number {
  expect(count).toBeLessThanOrEqual(10_000);
  return count * 0.3;
}

describe('[M09] the number of metrics', () => {
  test('grows by the plan and by the table alone, and README says by how much', () => {
    expect({ deployment, perPlan, perDrilledTable, moreInDetail }).toEqual({
      deployment: 3,
      perPlan: 47,
      perDrilledTable: 10,
      moreInDetail: 1,
    });
    expect(readme.replaceAll('\n', ' ')).toContain(
      `${deployment} metrics, ${perPlan} for each plan, and ${perDrilledTable + moreInDetail} for each table`,
    );
    expect(readme.replaceAll('\n', ' ')).toContain(
      `${moreOutOfColdStorage} more where it is restored out of cold storage`,
    );
  });

  test.each<[plans: number, tables: number]>([
    [2, 4],
    [10, 300],
  ])('of %d plans and %d tables costs what README says', (plans, tables) => {
    const [full, coarse] = [metrics(plans, tables, 'table'), metrics(plans, tables, 'plan')];
    const dollars = (count: number) => price(count).toFixed(0);

    const text = readme.replaceAll('\n', ' ');
    expect(text).toContain(`${plans} plans and ${tables} tables: ${full} metrics, ${dollars(full)} USD`);
    expect(text).toContain(`(${coarse} and ${dollars(coarse)} USD with \`detail: 'plan'\`)`);
  });

  test('is that of no other dimension: what is published of a table is named for it in advance', () => {
    expect(
      watchTableMetrics.every((name) => drilled.has(name) || Object.values<string>(watchMetrics).includes(name)),
    ).toBe(true);
  });
});
