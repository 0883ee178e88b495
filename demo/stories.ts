import { demoTables, type DemoTable, type PlanName } from './tables.ts';

/** What happens in one Region of the demo's account: which plans are deployed there, with whose tables. */
export interface Story {
  readonly region: string;
  /** The id of the deployment in the app. */
  readonly deployment: string;
  readonly plans: readonly PlanName[];
  /** Whether the deployment has its watch and its alarms, and somebody on call. */
  readonly isWatched: boolean;
}

/** What a demo tells: stories that are lived at the same time, each in a Region of its own. */
export interface Telling {
  /** The file of the app that is deployed. */
  readonly app: string;
  readonly days: number;
  readonly stories: readonly Story[];
}

/** A year of two plans in two Regions, which share nothing. Each is lived on a core of its own. */
export const year: Telling = {
  app: 'demo/app.ts',
  days: 365,
  stories: [
    { region: 'eu-central-1', deployment: 'Hourly', plans: ['hourly'], isWatched: false },
    { region: 'eu-west-1', deployment: 'Nightly', plans: ['nightly'], isWatched: false },
  ],
};

/** Three months of the same plans in one Region, with everything that watches them: what the person on call lives through. */
export const onCall: Telling = {
  app: 'demo/on-call-app.ts',
  days: 90,
  stories: [{ region: 'eu-central-1', deployment: 'Demo', plans: ['hourly', 'nightly'], isWatched: true }],
};

export function tablesOf({ plans }: Story): readonly DemoTable[] {
  return demoTables.filter(({ plan }) => plans.includes(plan));
}
