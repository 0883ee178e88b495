import { describe, expect, test } from '@jest/globals';
import { Duration, Stack } from 'aws-cdk-lib';
import {
  backupMetrics,
  copyMetrics,
  drillMetrics,
  eventMetrics,
  metricsNamespace,
  pruneMetrics,
  sweepMetrics,
  watchDeploymentMetrics,
  watchMetrics,
  watchTableMetrics,
} from '../../lambda/contract/metrics.ts';
import { parsePlan } from '../../lambda/domain/parse-plan.ts';
import type { Plan, PlanInput } from '../../lambda/domain/plan.ts';
import { BackupDashboard, type BackupDashboardProps } from '../../lib/constructs/monitoring/dashboard.ts';
import type { MonitoringProps } from '../../lib/monitoring-props.ts';
import { aDrillingPlan, aMonitoringStack, anApp, env, propertiesOf } from './deploy.ts';

const { restoreTime, restoreTimeToObjective, age, restorePhaseTime } = drillMetrics;

/** What is published, by the contract: names of metrics, and the dimensions they come with. */
const published = new Set(
  [
    ...[backupMetrics, copyMetrics, eventMetrics, pruneMetrics, sweepMetrics, watchMetrics].flatMap((names) =>
      Object.values(names).map((name) => [name, 'Plan']),
    ),
    ...[restoreTime, restoreTimeToObjective, age].map((name) => [name, 'Plan']),
    ...Object.values(drillMetrics)
      .filter((name) => name !== restorePhaseTime)
      .map((name) => [name, 'Plan', 'Table']),
    ...watchTableMetrics.map((name) => [name, 'Plan', 'Table']),
    [restorePhaseTime, 'Plan', 'Table', 'Phase'],
    [restoreTime, 'Plan', 'Table', 'Region'],
    ...Object.values(watchDeploymentMetrics).map((name) => [name]),
  ].map(([name, ...dimensions]) => spelt(name, dimensions)),
);

/** What is published and not drawn, and why. */
const undrawn: Readonly<Record<string, string>> = {
  'RestoreTimeToObjective Plan Table':
    'the gauge shows the worst table, and the graph of restore times draws the objective',
  'ProvenBackupAge Plan Table': 'DrillAge asks the same from the other end: when was a restore last proven',
  'NewlyMissingBackups Plan': 'an alarm hangs on it; what is drawn is how many are missing',
  'CopiesFailed Plan': 'an alarm hangs on it, and only plans that copy have it',
  'CopiesMade Plan': 'CopyAge asks what matters: how old is the newest of them',
  'PointInTimeRecoveryDrift Plan': 'an alarm hangs on it, and only plans that promise it have it',
  'PointInTimeRecoveryWindow Plan': 'it grows day by day to the days promised, and only plans that promise it have it',
  'ItemsVerified Plan Table': 'a drill that verified nothing did not pass, and that is drawn',
};

const drill = { schedule: 'cron(0 5 ? * SUN *)' };
const objectives = { recoveryPoint: 'PT2H', recoveryTime: 'PT1H' };

describe('what is on the dashboard', () => {
  const shapes: Record<string, Partial<BackupDashboardProps>> = {
    'with one plan': {},
    'with many plans': { plans: manyPlans(20) },
    'without objectives': { plans: [aPlan({ objectives: undefined })] },
    'without drills': { plans: [aPlan({ drill: undefined })] },
    'of plans alone': { detail: 'plan' },
    'with copies': { plans: [aCopyingPlan('orders'), aCopyingPlan('customers', true)] },
  };

  test.each(Object.keys(shapes))('%s, names only metrics of the contract, with the dimensions they have', (name) => {
    const drawn = metricsOf(aDashboard(shapes[name]));

    expect(drawn.length).toBeGreaterThan(20);
    expect(drawn.filter((metric) => !published.has(metric))).toEqual([]);
  });

  test('every metric of the contract is drawn, or there is a reason why not', () => {
    const plans = [aPlan({}), aPlan({ name: 'customers', objectives: undefined }), aCopyingPlan('items', true)];
    const drawn = new Set([...metricsOf(aDashboard({ plans })), ...metricsOf(aDashboard({ plans, detail: 'plan' }))]);

    expect([...published].filter((metric) => !drawn.has(metric)).sort()).toEqual(Object.keys(undrawn).sort());
  });

  test('every graph asks what a person would', () => {
    const titles = metricWidgets(aDashboard()).map(({ properties }) => properties.title);

    expect(titles.filter((title) => !title.includes('?'))).toEqual([]);
    expect(new Set(titles).size).toBe(titles.length);
  });

  test('every line and number has a label of its own', () => {
    for (const { properties } of metricWidgets(aDashboard({ plans: manyPlans(3) }))) {
      const visible = properties.metrics.map(optionsOf).filter(({ visible }) => visible !== false);
      expect(visible.filter(({ label }) => !label)).toEqual([]);
      expect(new Set(visible.map(({ label }) => label)).size).toBe(visible.length);
    }
  });
});

describe('the two answers', () => {
  test('a plan with both objectives has a gauge of the part of each that is used, which turns red above the whole', () => {
    const [gauge, ...others] = widgetsOf(aDashboard(), 'gauge');

    expect(others).toEqual([]);
    expect(visibleExpressions(gauge)).toEqual(['recoveryPointAgeToObjective * 100', 'restoreTimeToObjective * 100']);
    expect(gauge?.properties.annotations?.horizontal).toContainEqual(
      expect.objectContaining({ value: 100, fill: 'above' }),
    );
  });

  test('a plan without objectives shows how old its newest backup is, and how long a restore takes', () => {
    const dashboard = aDashboard({ plans: [aPlan({ objectives: undefined })] });
    const answers = widgetsOf(dashboard, 'singleValue').slice(0, 2);

    expect(widgetsOf(dashboard, 'gauge')).toEqual([]);
    expect(answers.map(({ properties }) => properties.title)).toEqual(['orders: how old?', 'orders: how fast?']);
    expect(answers.map(visibleExpressions)).toEqual([['recoveryPointAge / 3600'], ['restoreTime / 60']]);
  });

  test('a plan without drills says that nobody knows, and what it promises all the same', () => {
    const texts = textsOf(aDashboard({ plans: [aPlan({ drill: undefined })] }));

    expect(texts).toContainEqual(
      expect.stringMatching(/orders: inside RTO\?[^]*Nobody knows[^]*promises 1 hour, unproven/),
    );
  });

  test('a plan that drills says nothing of the kind', () => {
    expect(textsOf(aDashboard()).join(' ')).not.toContain('Nobody knows');
  });
});

describe('copies', () => {
  const ages = (plans: readonly Plan[]) =>
    metricWidgets(aDashboard({ plans })).filter(({ properties }) => properties.title.includes('newest copy'));

  test('are a graph of one line for each plan that copies, and for no other', () => {
    const [graph, ...others] = ages([aPlan({}), aCopyingPlan('items'), aCopyingPlan('customers')]);

    expect(others).toEqual([]);
    expect(visibleExpressions(graph)).toEqual(['copyAge0 / 3600', 'copyAge1 / 3600']);
    expect(JSON.stringify(graph)).toMatch(/"CopyAge","Plan","items".*"CopyAge","Plan","customers"/);
  });

  test('that are drilled have a graph of how long that took in their Region, and others have none', () => {
    const times = (plans: readonly Plan[]) =>
      metricWidgets(aDashboard({ plans })).filter(({ properties }) =>
        properties.title.includes('restore of each copy'),
      );

    const [graph, ...others] = times([aPlan({}), aCopyingPlan('items', true), aCopyingPlan('customers')]);

    expect(others).toEqual([]);
    expect(visibleExpressions(graph)).toEqual([
      `SORT(SEARCH('{DynamoDBBackups,Plan,Region,Table} MetricName="RestoreTime" Plan="items"', 'Maximum', 86400) / 60, MAX, DESC, 10)`,
    ]);
    expect(times([aCopyingPlan('customers')])).toEqual([]);
  });

  test('are no graph where no plan copies', () => {
    expect(ages([aPlan({})])).toEqual([]);
  });
});

describe('objectives in graphs', () => {
  test('the line of an objective is an age over its part of the objective, so it was right at the time as well', () => {
    const expressions = metricWidgets(aDashboard()).flatMap(visibleExpressions);

    expect(expressions).toContain('recoveryPointAge / recoveryPointAgeToObjective / 3600');
    expect(expressions).toContain('restoreTime / restoreTimeToObjective / 60');
  });

  test('a forecast is drawn with the day from which it is an alarm', () => {
    const forecast = metricWidgets(aDashboard({ forecastDays: 45 })).find(({ properties }) =>
      properties.title.startsWith('In how many days'),
    );

    expect(forecast?.properties.annotations?.horizontal).toEqual([
      expect.objectContaining({ value: 45, label: 'Alarm below 45 days' }),
    ]);
  });
});

describe('size', () => {
  /** As many as a plan can have before a graph of CloudWatch has no place for them. */
  const tablesOfPlan = 450;

  test.each([1, 3, 20])('with %d plans it stays within the quotas of CloudWatch', (count) => {
    const dashboard = aDashboard({ plans: manyPlans(count) });
    const counts = metricWidgets(dashboard).map(({ properties }) => countMetrics(properties.metrics, tablesOfPlan));

    expect(dashboard.widgets.length).toBeLessThanOrEqual(500);
    expect(Math.max(...counts)).toBeLessThanOrEqual(500);
    expect(counts.reduce((total, each) => total + each, 0)).toBeLessThanOrEqual(2_500);
  });

  test('no search is longer than CloudWatch allows, however long the name of a plan', () => {
    const searches =
      metricsJson(aDashboard({ plans: [aPlan({ name: 'p'.repeat(40) })] })).match(/SEARCH\('[^']*'/g) ?? [];

    expect(searches.length).toBeGreaterThan(2);
    for (const search of searches) expect(search.length).toBeLessThanOrEqual(1_024);
  });

  test.each([1, 2, 3, 4, 7, 20])('with %d plans no widget covers another, and none leaves the grid', (count) => {
    const cells = aDashboard({ plans: manyPlans(count) }).widgets.flatMap(cellsOf);

    expect(new Set(cells).size).toBe(cells.length);
    expect(cells.filter((cell) => Number(cell.split(' ')[0]) >= 24)).toEqual([]);
  });

  test('many tables are no more widgets, and a graph shows the ten worst', () => {
    const searches = metricWidgets(aDashboard())
      .flatMap(visibleExpressions)
      .filter((text) => text?.includes('SEARCH'));

    expect(searches).toHaveLength(3);
    for (const search of searches) expect(search).toMatch(/^SORT\(SEARCH\(.*\) \/ \d+, MAX, DESC, 10\)$/);
  });
});

describe('what can be chosen', () => {
  test('of one plan the details are its own', () => {
    const dashboard = aDashboard({ plans: [aPlan({ drill: undefined })] });

    expect(dashboard.variables ?? []).toEqual([]);
    expect(JSON.stringify(dashboard)).not.toContain('the chosen');
  });

  test('of several plans one is chosen, the first unless told otherwise', () => {
    const dashboard = aDashboard({ plans: manyPlans(3) });

    expect(dashboard.variables).toContainEqual(
      expect.objectContaining({
        pattern: 'the chosen plan',
        defaultValue: 'plan-1',
        values: [{ value: 'plan-1' }, { value: 'plan-2' }, { value: 'plan-3' }],
      }),
    );
    expect(metricsJson(dashboard)).toContain('the chosen plan');
  });

  test('where tables are drilled one of them is chosen for the phases of its restores, which are stacked', () => {
    const dashboard = aDashboard();
    const [phases, ...others] = metricWidgets(dashboard).filter(({ properties }) =>
      JSON.stringify(properties.metrics).includes(restorePhaseTime),
    );

    expect(dashboard.variables).toContainEqual(
      expect.objectContaining({ pattern: 'the chosen table', populateFrom: 'Table', defaultValue: '__FIRST' }),
    );
    expect(others).toEqual([]);
    expect(phases?.properties).toMatchObject({
      stacked: true,
      title: 'Where does the time go? the chosen table',
    });
  });
});

test('what stands for a chosen name is the name of no plan and no table', () => {
  const patterns = (aDashboard({ plans: manyPlans(2) }).variables ?? []).map(({ pattern }) => pattern);

  expect(patterns).toHaveLength(2);
  for (const pattern of patterns) {
    expect(() => aPlan({ name: pattern })).toThrow('name');
    expect(() => aPlan({ tables: { named: [pattern] } })).toThrow('tables.named');
  }
});

test('each deployment has a dashboard of its own name', () => {
  const names = ['team1', 'team2'].map(
    (owner) => propertiesOf(aDashboardStack({ owner }), 'AWS::CloudWatch::Dashboard')[0]?.DashboardName,
  );

  expect(names).toEqual(['dynamodb-backups-team1', 'dynamodb-backups-team2']);
});

test('the periods of the graphs are kept whatever range is looked at', () => {
  expect(aDashboard()).toMatchObject({ periodOverride: 'inherit', start: '-P1W' });
});

test('a runbook on the web is linked by heading, any other is named', () => {
  const headings = ['recovery-point-overdue', 'drill-failed'];

  const [onTheWeb, inTheProject] = ['https://example.com/runbook', 'docs/runbook.md'].map((url) =>
    textsOf(aDashboard({ runbook: { url, headings } })).at(-1),
  );

  expect(onTheWeb).toContain(
    '[Recovery point overdue](https://example.com/runbook#recovery-point-overdue) · [Drill failed](',
  );
  expect(inTheProject).toBe('The runbook is `docs/runbook.md`: Recovery point overdue · Drill failed');
});

test('the monitoring of a deployment has the dashboard, unless told otherwise', () => {
  const named = (monitoring: MonitoringProps) =>
    propertiesOf(aMonitoringStack({ owner: 'team1', monitoring }), 'AWS::CloudWatch::Dashboard').map(
      ({ DashboardName }) => DashboardName,
    );

  expect(named({})).toEqual(['dynamodb-backups-team1']);
  expect(named({ dashboard: false })).toEqual([]);
});

test('the dashboard of a deployment has the detail, the forecast and the runbook of its monitoring', () => {
  const monitoring = {
    detail: 'plan',
    forecast: Duration.days(45),
    runbookUrl: 'https://example.com/runbook',
  } as const;

  const json = JSON.stringify(bodyOf(aMonitoringStack({ monitoring, plans: { orders: aDrillingPlan() } })));

  expect(json).not.toContain('SORT(');
  expect(json).toContain('Alarm below 45 days');
  expect(json).toContain('https://example.com/runbook');
});

interface Options {
  readonly expression?: string;
  readonly visible?: boolean;
  readonly label?: string;
}

type Metric = readonly (string | Options)[];

interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title: string;
    readonly view: string;
    readonly markdown?: string;
    readonly metrics: readonly Metric[];
    readonly annotations?: { readonly horizontal: readonly object[] };
  };
}

interface Body {
  readonly widgets: readonly Widget[];
  readonly variables?: readonly { readonly pattern: string }[];
}

function aPlan(changes: { readonly [Key in keyof PlanInput]?: PlanInput[Key] | undefined }): Plan {
  const parsed = parsePlan({
    name: 'orders',
    tables: { named: ['orders'] },
    backup: { schedule: 'rate(1 hour)' },
    keep: { daily: 7 },
    objectives,
    drill,
    ...changes,
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return parsed.plan;
}

function aCopyingPlan(name: string, drill = false): Plan {
  const copies = [{ region: 'eu-west-1', keep: { daily: 7 }, drill }];
  return aPlan({ name, backup: { schedule: 'rate(1 hour)', engine: 'aws-backup', awsBackup: { copies } } });
}

function manyPlans(count: number): Plan[] {
  const kinds = [{}, { objectives: undefined }, { drill: undefined }, { objectives: { recoveryPoint: 'PT2H' } }];
  return Array.from({ length: count }, (_, index) =>
    aPlan({ name: `plan-${index + 1}`, ...kinds[index % kinds.length] }),
  );
}

function aDashboardStack(props: Partial<BackupDashboardProps> = {}): Stack {
  const stack = new Stack(anApp(), 'Dashboards', { env });
  new BackupDashboard(stack, 'Dashboard', {
    plans: [aPlan({})],
    pairs: new Map(),
    owner: 'team1',
    detail: 'table',
    forecastDays: 30,
    runbook: { url: 'docs/runbook.md', headings: [] },
    ...props,
  });
  return stack;
}

/** The dashboard's definition; tokens are Regions, and nothing here asks for one. */
function aDashboard(props: Partial<BackupDashboardProps> = {}): Body {
  return bodyOf(aDashboardStack(props));
}

function bodyOf(stack: Stack): Body {
  const [properties] = propertiesOf(stack, 'AWS::CloudWatch::Dashboard');
  const {
    'Fn::Join': [, parts],
  } = properties?.DashboardBody as { 'Fn::Join': [string, readonly (string | object)[]] };
  return JSON.parse(parts.map((part) => (typeof part === 'string' ? part : env.region)).join('')) as Body;
}

function metricWidgets({ widgets }: Body): readonly Widget[] {
  return widgets.filter(({ type }) => type === 'metric');
}

function widgetsOf(dashboard: Body, view: string): readonly Widget[] {
  return metricWidgets(dashboard).filter(({ properties }) => properties.view === view);
}

function textsOf({ widgets }: Body): (string | undefined)[] {
  return widgets.filter(({ type }) => type === 'text').map(({ properties }) => properties.markdown);
}

function metricsJson(dashboard: Body): string {
  return metricWidgets(dashboard)
    .flatMap(({ properties }) =>
      properties.metrics.flatMap((metric) => [
        ...metric.filter((part) => typeof part === 'string'),
        optionsOf(metric).expression ?? '',
      ]),
    )
    .join('\n');
}

function optionsOf(metric: Metric): Options {
  return metric.find((part) => typeof part !== 'string') ?? {};
}

function visibleExpressions(widget: Widget | undefined): (string | undefined)[] {
  return (widget?.properties.metrics ?? [])
    .map(optionsOf)
    .filter(({ expression, visible }) => expression && visible !== false)
    .map(({ expression }) => expression);
}

/** Every metric that a dashboard asks for, by name or by search, as `name dimension dimension`. Searches of variables included. */
function metricsOf(dashboard: Body): string[] {
  const named = metricWidgets(dashboard).flatMap(({ properties }) => properties.metrics.flatMap(namedMetric));
  const json = JSON.stringify(dashboard).replaceAll('\\\\\\"', '"').replaceAll('\\"', '"');
  const searched = [...json.matchAll(/\{([\w/]+),([\w,]+)\} MetricName="(\w+)"/g)].map(
    ([, namespace, dimensions = '', name = '']) => {
      expect(namespace).toBe(metricsNamespace);
      return spelt(name, dimensions.split(','));
    },
  );
  expect(searched).toHaveLength([...json.matchAll(/MetricName/g)].length);
  return [...named, ...searched];
}

function spelt(name: string | undefined, dimensions: readonly string[]): string {
  return [name, ...[...dimensions].sort()].join(' ');
}

function namedMetric(metric: Metric): string[] {
  const [namespace, name, ...dimensions] = metric.filter((part) => typeof part === 'string');
  if (namespace === undefined) return [];
  expect(namespace).toBe(metricsNamespace);
  return [
    spelt(
      name,
      dimensions.filter((_, index) => index % 2 === 0),
    ),
  ];
}

/** How many metrics a widget retrieves, shown or not, when every search finds so many tables. */
function countMetrics(metrics: readonly Metric[], tables: number): number {
  return metrics.reduce((total, metric) => {
    const searches = optionsOf(metric).expression?.match(/SEARCH\(/g)?.length ?? 0;
    return total + searches * tables + (typeof metric[0] === 'string' ? 1 : 0);
  }, 0);
}

function cellsOf({ x, y, width, height }: Widget): string[] {
  return Array.from(
    { length: width * height },
    (_, index) => `${x + (index % width)} ${y + Math.floor(index / width)}`,
  );
}
