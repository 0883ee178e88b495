export type PlanName = 'hourly' | 'nightly';

/** A table of the demo and the plan that covers it. */
export interface DemoTable {
  readonly name: string;
  readonly plan: PlanName;
  readonly coveredBy: string;
}

export const demoTables: readonly DemoTable[] = [
  { name: 'orders', plan: 'hourly', coveredBy: 'its name' },
  { name: 'shop-carts', plan: 'nightly', coveredBy: 'shop-*' },
  { name: 'shop-customers', plan: 'nightly', coveredBy: 'shop-*' },
  { name: 'invoices', plan: 'nightly', coveredBy: 'its tag' },
];

/** The table that somebody deletes midway. */
export const doomedTable = 'shop-carts';

/** The table whose data grows until a restore takes longer than its objective. */
export const growingTable = 'orders';
