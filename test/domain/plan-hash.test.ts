import { expect, test } from '@jest/globals';
import { hashOfPlan } from '../../lambda/domain/plan-hash.ts';
import { aPlan } from './retention-builders.ts';

test('plans that differ only in the order of their keys have the same hash', () => {
  const plan = aPlan();
  const reordered = Object.fromEntries(Object.entries(plan).reverse()) as typeof plan;

  expect(Object.keys(reordered)).not.toEqual(Object.keys(plan));
  expect(hashOfPlan(reordered)).toBe(hashOfPlan(plan));
  expect(hashOfPlan(plan)).toMatch(/^[0-9a-f]{16}$/);
});

test('plans that differ in one number or in the order of a list have different hashes', () => {
  const plan = aPlan();
  const tables = { named: ['one', 'two'] };
  const hashes = [
    plan,
    { ...plan, minimumCopies: plan.minimumCopies + 1 },
    { ...plan, tables },
    { ...plan, tables: { named: tables.named.toReversed() } },
  ].map(hashOfPlan);

  expect(new Set(hashes).size).toBe(4);
});
