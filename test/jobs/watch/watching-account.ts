import { watchEnvironmentNames } from '../../../lambda/contract/environment.ts';
import { metricDimensions, metricsNamespace } from '../../../lambda/contract/metrics.ts';
import { scheduleGroupName, scheduleName } from '../../../lambda/contract/schedules.ts';
import type { Plan } from '../../../lambda/domain/plan.ts';
import type { AccountOptions } from '../../../sandbox/account-options.ts';
import type { SandboxAccount } from '../../../sandbox/account.ts';
import { aWorld, bundleOf, drillTablePrefix, owner, prefix, type World } from '../world.ts';

export const hour = 3_600_000;

interface Wanted extends AccountOptions {
  readonly plans: readonly Plan[];
  readonly tables?: readonly string[];
  readonly env?: Readonly<Record<string, string>> | undefined;
  readonly roleArn?: string | undefined;
}

/** An account that is being watched from now on. */
export async function aWatchedAccount({
  plans,
  tables = ['orders'],
  env,
  roleArn,
  ...options
}: Wanted): Promise<Watched> {
  return watchedFromNow(await aWorld(tables, options), { plans, env, roleArn });
}

/** Adds the watch function as it is deployed to an account, beside the schedules of some plans, which deliver to nobody. */
export function watchedFromNow(
  world: World,
  { plans, env = {}, roleArn }: Pick<Wanted, 'plans' | 'env' | 'roleArn'>,
): Watched {
  const { account } = world;
  const variables = {
    [watchEnvironmentNames.ledgerTableName]: 'ledger',
    [watchEnvironmentNames.owner]: owner,
    [watchEnvironmentNames.backupNamePrefix]: prefix,
    [watchEnvironmentNames.drillTablePrefix]: drillTablePrefix,
    [watchEnvironmentNames.detail]: 'table',
    [watchEnvironmentNames.storagePrice]: '0.1',
    [watchEnvironmentNames.restorePrice]: '0.15',
    ...env,
  };
  account.loadFunction({
    name: 'watch',
    code: bundleOf('watch'),
    env: variables,
    retryAttempts: 0,
    ...(roleArn && { roleArn }),
  });
  for (const group of [scheduleGroupName.backup(owner), scheduleGroupName.drill(owner)])
    account.schedules.createGroup(group);
  for (const plan of plans) plantSchedules(account, plan);
  if (plans.some(({ drill }) => drill))
    putSchedule(account, scheduleName('all', 'sweep'), scheduleGroupName.drill(owner));
  return new Watched(world, plans);
}

function plantSchedules(account: SandboxAccount, { name, drill }: Plan): void {
  for (const job of ['backup', 'prune']) putSchedule(account, scheduleName(name, job), scheduleGroupName.backup(owner));
  if (drill) putSchedule(account, scheduleName(name, 'drill-start'), scheduleGroupName.drill(owner));
}

/** A schedule that will not fire within any test. */
export function putSchedule(account: SandboxAccount, name: string, group: string, enabled = true): void {
  const targetArn = `arn:aws:lambda:${account.region}:${account.accountId}:function:nobody`;
  account.schedules.put({ name, group, expression: 'at(2199-01-01T00:00:00)', enabled, targetArn });
}

/** An account that is being watched. */
export class Watched {
  readonly world: World;
  readonly account: SandboxAccount;
  readonly plans: readonly Plan[];

  constructor(world: World, plans: readonly Plan[]) {
    this.world = world;
    this.account = world.account;
    this.plans = plans;
  }

  /** Runs the watch once; returns what it said it could not read. */
  async watch(): Promise<readonly { readonly what: string; readonly message: string }[]> {
    const event = { plans: this.plans, slot: this.account.now.toISOString(), schedule: 'arn:watch' };
    const outcome = await this.account.invoke('watch', event);
    if (!('error' in outcome)) return [];
    const { failures } = JSON.parse(outcome.error.errorMessage) as { failures: { what: string; message: string }[] };
    return failures;
  }

  /** Gauges of a plan, or of one of its tables, published since an instant. */
  gauges(subject: { readonly plan?: string; readonly table?: string } = {}, since = 0): Record<string, number> {
    const dimensions = {
      ...(subject.plan && { [metricDimensions.plan]: subject.plan }),
      ...(subject.table && { [metricDimensions.table]: subject.table }),
    };
    const text = JSON.stringify(dimensions);
    return Object.fromEntries(
      this.account.metrics.series
        .filter((series) => series.namespace === metricsNamespace && JSON.stringify(series.dimensions) === text)
        .flatMap(({ name, datapoints }) => {
          const last = datapoints.at(-1);
          return last && last.at >= since ? [[name, last.value]] : [];
        }),
    );
  }

  /** Watches, and returns the gauges of the plan `orders` that this very run published. */
  async gaugesNow(
    subject: { readonly plan?: string; readonly table?: string } = { plan: 'orders' },
  ): Promise<Record<string, number>> {
    const since = this.account.clock.now;
    await this.watch();
    return this.gauges(subject, since);
  }
}
