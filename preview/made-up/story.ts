import type { Plan } from '../../lambda/domain/plan.ts';
import { tellBackups } from './backups.ts';
import { tellDeployment } from './deployment.ts';
import { tellDrills } from './drills.ts';
import { tellRetention } from './retention.ts';
import { madeUpPlan, type Story } from './world.ts';

export interface StoryOptions {
  readonly plans: readonly Plan[];
  /** Over all plans; the first has the most of them. */
  readonly tables: number;
  readonly until: Date;
  readonly days: number;
}

/**
 * Publishes made-up metrics of a deployment, as its jobs, drills and `watch` would publish them, always the same for the same options. In their story
 * one table's restores grow towards the objective, one backup is missed, a drill fails, and a deletion is denied.
 */
export function tellStory(metrics: Story['metrics'], { plans, tables, until, days }: StoryOptions): void {
  const story: Story = { metrics, until: until.getTime(), days };
  for (const [index, plan] of plans.entries()) {
    const world = madeUpPlan(plan, share(tables, plans.length, index), story);
    tellBackups(world, story);
    tellRetention(world, story);
    if (plan.drill) tellDrills(world, story);
  }
  tellDeployment(story);
}

/** The first plan has as many tables as all the others, or one where there are too few. */
function share(tables: number, plans: number, index: number): number {
  if (plans === 1) return tables;
  const others = Math.max(1, Math.floor(tables / 2 / (plans - 1)));
  return index === 0 ? Math.max(1, tables - others * (plans - 1)) : others;
}
