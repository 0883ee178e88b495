import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchClient, type MetricDataQuery, type MetricDataResult } from '@aws-sdk/client-cloudwatch';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { App, Stack } from 'aws-cdk-lib';
import { Dashboard, GraphWidget, Metric, PeriodOverride, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { type MetricWidget, readDefinition, type Widget } from '../../preview/definition.ts';
import { drawnSeries, rangeOf } from '../../preview/drawn-series.ts';
import { bandsOf } from '../../preview/gauge.ts';
import { tellStory } from '../../preview/made-up/story.ts';
import { type MetricData, metricDataOf } from '../../preview/metric-data.ts';
import { shortNumber } from '../../preview/number.ts';
import { dashboardPage } from '../../preview/page.ts';
import { preview } from '../../preview/preview.ts';
import { previewedPlans } from '../../preview/previewed-plans.ts';
import { readMetrics } from '../../preview/read-metrics.ts';
import { synthesizedDashboards } from '../../preview/synthesized.ts';
import { synthesizeDashboard } from '../../preview/synthesize.ts';
import { timeChart } from '../../preview/time-chart.ts';
import { withChoices } from '../../preview/variables.ts';
import { SandboxAccount } from '../../sandbox/account.ts';

const now = new Date('2026-11-26T08:00:00Z');
const range = rangeOf('-P1D', now);
const hour = 3_600_000;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dashboard-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('the whole way from a plan to a page', () => {
  test.each([1, 4])('with %d plans every line, number and gauge of the dashboard has made-up values', async (count) => {
    const page = await madeUpPage(count);

    expect(page).toContain('orders: inside RPO and RTO?');
    expect(page).not.toContain('class="empty"');
    expect(page).not.toContain('<b>--</b>');
    expect(page.match(/<svg/g)?.length).toBeGreaterThan(12);
  });

  test('the page needs nothing from anywhere: no script, no picture, no font', async () => {
    const page = await madeUpPage(1);

    expect(page).not.toMatch(/<script|<img|<link|url\((?!#)|@import/);
  });

  test('without metrics it says so, and draws no line', async () => {
    const page = await pageOf(new SandboxAccount({ startAt: now }), 1);

    expect(page).toContain('<b>--</b><span>Tables protected</span>');
    expect(page).toContain('<span class="empty">');
  });
});

describe('without a browser', () => {
  const options = { plans: 1, tables: 1, chosen: {}, now, browser: undefined };

  test('the preview writes HTML, and says why there is no picture', async () => {
    const said: string[] = [];

    await preview({ ...options, out: folder }, (line) => said.push(line));

    expect(readdirSync(folder)).toEqual(['dynamodb-backups-preview.html']);
    expect(said.join('\n')).toMatch(/wrote .*html\nno Chromium was found, so there is no picture/);
  });

  test('the preview draws the metrics of a file', async () => {
    const metrics = join(folder, 'metrics.json');
    const series = { namespace: 'DynamoDBBackups', name: 'ProtectedTables', dimensions: { Plan: 'orders' } };
    writeFileSync(metrics, JSON.stringify([{ ...series, datapoints: [{ at: now.getTime() - hour, value: 4711 }] }]));

    await preview({ ...options, out: folder, metrics }, () => undefined);

    expect(readFileSync(join(folder, 'dynamodb-backups-preview.html'), 'utf8')).toContain(
      '<b>4,711</b><span>Tables protected',
    );
  });

  test('an assembly that declares no dashboard is an error, not an empty picture', async () => {
    const app = new App({
      outdir: join(folder, 'cdk.out'),
      builtinCloudFormationValidation: false,
      analyticsReporting: false,
    });
    new Stack(app, 'Empty');
    app.synth();

    const drawn = preview({ ...options, out: folder, assembly: join(folder, 'cdk.out') }, () => undefined);

    await expect(drawn).rejects.toThrow('declares a dashboard');
  });
});

describe('what is drawn', () => {
  test('is what the template declares, with its tokens resolved', async () => {
    const app = new App({ outdir: folder, builtinCloudFormationValidation: false, analyticsReporting: false });
    const metric = new Metric({ namespace: 'App', metricName: 'Age' });
    new Dashboard(new Stack(app, 'Anywhere'), 'D', {
      dashboardName: 'ages',
      widgets: [[new GraphWidget({ left: [metric] })]],
    });
    app.synth();

    const [dashboard, ...others] = await synthesizedDashboards(folder);

    expect(others).toEqual([]);
    expect(dashboard).toMatchObject({ name: 'ages', region: 'eu-central-1' });
    expect(JSON.parse(dashboard?.body ?? '')).toMatchObject({ widgets: [{ properties: { region: 'eu-central-1' } }] });
  });

  test('is refused where the preview would draw something else', () => {
    const body = (widget: object, more: object = {}) =>
      JSON.stringify({ periodOverride: 'inherit', widgets: [widget], ...more });
    const place = { x: 0, y: 0, width: 6, height: 6 };
    const pie = { type: 'metric', ...place, properties: { view: 'pie', metrics: [['App', 'Age']] } };
    const log = { type: 'log', ...place, properties: {} };
    const text = { type: 'text', ...place, properties: { markdown: 'hello' } };

    expect(() => readDefinition(body(pie))).toThrow('view');
    expect(() => readDefinition(body(log))).toThrow('type');
    expect(() => readDefinition(body(text, { periodOverride: 'auto' }))).toThrow('periodOverride');
    expect(readDefinition(body(text)).widgets).toHaveLength(1);
  });

  test('asks for metrics and expressions with the periods and statistics they are drawn with', async () => {
    const asked: MetricDataQuery[] = [];
    const listening: MetricData = (queries) => {
      asked.push(...queries);
      return Promise.resolve([]);
    };
    const widget = aWidget([
      ['App', 'Age', 'Plan', 'orders', 'Table', 'items', { id: 'age', stat: 'Maximum', period: 900, visible: false }],
      [{ expression: 'age / 3600', label: 'Hours' }],
    ]);

    await drawnSeries(widget, listening, range);

    const Dimensions = [
      { Name: 'Plan', Value: 'orders' },
      { Name: 'Table', Value: 'items' },
    ];
    const Metric = { Namespace: 'App', MetricName: 'Age', Dimensions };
    expect(asked).toEqual([
      { Id: 'age', ReturnData: false, MetricStat: { Metric, Period: 900, Stat: 'Maximum' } },
      { Id: 'drawn1', ReturnData: true, Label: 'Hours', Expression: 'age / 3600', Period: 300 },
    ]);
  });

  test('is one line for each series a search finds, each in a color of its own', async () => {
    const found = [aResult('drawn0', 'items', [1, 2]), aResult('drawn0', 'events', [3, 4])];
    const widget = aWidget([[{ expression: "SEARCH('x', 'Maximum', 300)", label: '' }]]);

    const series = await drawnSeries(widget, answering(found), range);

    expect(series.map(({ label }) => label)).toEqual(['items', 'events']);
    expect(new Set(series.map(({ color }) => color)).size).toBe(2);
  });

  test('ends now, and begins so many days or months of the calendar before', () => {
    expect(rangeOf('-P6M', new Date('2026-08-31T08:00:00Z')).from).toEqual(new Date('2026-02-28T08:00:00Z'));
    expect(rangeOf('-P1W', now)).toEqual({ from: new Date('2026-11-19T08:00:00Z'), until: now });
    expect(() => rangeOf('2026-01-01T00:00:00Z', now)).toThrow('only ranges that end now');
  });
});

describe('a choice', () => {
  const body = JSON.stringify({
    periodOverride: 'inherit',
    variables: [
      {
        type: 'pattern',
        id: 'plan',
        label: 'Plan',
        pattern: 'the chosen plan',
        defaultValue: 'orders',
        values: [{ value: 'orders' }],
      },
      {
        type: 'pattern',
        id: 'table',
        pattern: 'the chosen table',
        defaultValue: '__FIRST',
        search: '{App,Table}',
        populateFrom: 'Table',
      },
    ],
    widgets: [
      {
        type: 'text',
        x: 0,
        y: 0,
        width: 6,
        height: 1,
        properties: { markdown: 'the chosen table of the chosen plan' },
      },
    ],
  });
  const tables = answering([aResult('values', 'items', [1]), aResult('values', 'events', [1])]);

  test('left alone is the default, or the first that a search finds', async () => {
    const { definition, choices } = await withChoices(body, {}, tables, now);

    expect(texts(definition.widgets)).toEqual(['events of orders']);
    expect(choices).toEqual([
      { label: 'Plan', value: 'orders' },
      { label: 'table', value: 'events' },
    ]);
  });

  test('that was made stands everywhere in the dashboard', async () => {
    const { definition } = await withChoices(body, { plan: 'customers', table: 'items' }, tables, now);

    expect(texts(definition.widgets)).toEqual(['items of customers']);
  });

  test('of nothing that a search found says none', async () => {
    const { definition } = await withChoices(body, {}, answering([]), now);

    expect(texts(definition.widgets)).toEqual(['none of orders']);
  });
});

describe('a graph', () => {
  const size = { width: 600, height: 300 };

  test('has its lines, its annotations and the names of its axes', () => {
    const widget = aWidget([['App', 'Age']], {
      yAxis: { left: { min: 0, label: 'hours' } },
      annotations: { horizontal: [{ value: 3, label: 'promised', color: '#ff0000' }] },
    });

    const svg = timeChart(widget, [aLine([1, 2, 4])], range, size);

    for (const drawn of ['stroke="#123456"', 'promised', 'stroke="#ff0000"', 'hours']) expect(svg).toContain(drawn);
  });

  test('interrupts a line where a period has no value', () => {
    const whole = timeChart(aWidget([['App', 'Age']]), [aLine([1, 2, 3, 4])], range, size);
    const broken = timeChart(aWidget([['App', 'Age']]), [aLine([1, 2, undefined, undefined, 3, 4])], range, size);

    expect(strokesOf(whole)).toBe(1);
    expect(strokesOf(broken)).toBe(2);
  });

  test('stacks what is to be stacked', () => {
    const lines = [aLine([1, 1]), { ...aLine([2, 2]), label: 'other' }];
    const areas = (stacked: boolean) =>
      timeChart(aWidget([['App', 'Age']], { stacked }), lines, range, size).match(/fill-opacity="0.6"/g)?.length ?? 0;

    expect([areas(true), areas(false)]).toEqual([2, 0]);
  });
});

describe('a gauge', () => {
  test('has the colors of its annotations, the later over the earlier', () => {
    const annotations = [
      { value: 80, fill: 'below', color: 'green', yAxis: 'left' },
      { value: 80, fill: 'above', color: 'orange', yAxis: 'left' },
      { value: 100, fill: 'above', color: 'red', yAxis: 'left' },
    ] as const;

    const bands = bandsOf(annotations, 0, 160);

    expect(bands).toEqual([
      [0.5, 'green'],
      [0.625, 'orange'],
      [1, 'red'],
    ]);
  });
});

test.each([
  [undefined, '--'],
  [0, '0'],
  [33.3611, '33.4'],
  [0.12345, '0.123'],
  [1234.5, '1,235'],
])('the number %p is written %s', (value, text) => {
  expect(shortNumber(value)).toBe(text);
});

test('metrics of a file are those of an account, and any other file is refused', () => {
  const from = new SandboxAccount({ startAt: now });
  const into = new SandboxAccount({ startAt: now });
  from.metrics.put('App', 'Age', { Plan: 'orders' }, { at: now.getTime(), value: 7 });

  readMetrics(into.metrics, JSON.stringify(from.metrics.series));

  expect(into.metrics.series).toEqual(from.metrics.series);
  expect(() => { readMetrics(into.metrics, '[{"name":"Age"}]'); }).toThrow('namespace'); // prettier-ignore
});

test('text from a template is shown, never run', async () => {
  const app = new App({ outdir: folder, builtinCloudFormationValidation: false, analyticsReporting: false });
  const title = '<script>alert(1)</script>';
  const widgets = [
    [
      new GraphWidget({ title, left: [new Metric({ namespace: 'A', metricName: 'B', label: title })] }),
      new TextWidget({ markdown: `${title}\n\n[here](javascript:alert(1))` }),
    ],
  ];
  new Dashboard(new Stack(app, 'S'), 'D', { dashboardName: 'odd', widgets, periodOverride: PeriodOverride.INHERIT });
  app.synth();

  const page = await pageOfFolder(new SandboxAccount({ startAt: now }));

  expect(page).not.toMatch(/<script|href/);
  expect(page).toContain('&lt;script&gt;');
  expect(page).toContain('<p>here</p>');
});

async function madeUpPage(plans: number): Promise<string> {
  const account = new SandboxAccount({ startAt: now });
  tellStory(account.metrics, { plans: previewedPlans(plans), tables: 3 * plans, until: now, days: 182 });
  return pageOf(account, plans);
}

function pageOf(account: SandboxAccount, plans: number): Promise<string> {
  synthesizeDashboard(previewedPlans(plans), folder);
  return pageOfFolder(account);
}

async function pageOfFolder(account: SandboxAccount): Promise<string> {
  const [dashboard] = await synthesizedDashboards(folder);
  if (!dashboard) throw new Error('no dashboard was synthesized');
  const metricData = metricDataOf(account.client(CloudWatchClient));
  const chosen = await withChoices(dashboard.body, {}, metricData, now);
  return dashboardPage({ ...dashboard, ...chosen, metricData, now });
}

function aWidget(metrics: MetricWidget['properties']['metrics'], more: object = {}): MetricWidget {
  const widget = {
    type: 'metric',
    x: 0,
    y: 0,
    width: 6,
    height: 6,
    properties: { view: 'timeSeries', metrics, ...more },
  };
  const [read] = readDefinition(JSON.stringify({ periodOverride: 'inherit', widgets: [widget] })).widgets;
  if (read?.type !== 'metric') throw new Error('no metric widget was read');
  return read;
}

function aResult(Id: string, Label: string, Values: number[]): MetricDataResult {
  return { Id, Label, Values, Timestamps: Values.map((_, index) => new Date(range.from.getTime() + index * hour)) };
}

function answering(results: MetricDataResult[]): MetricData {
  return () => Promise.resolve(results);
}

/** Values of one hour after the other; those that are undefined are missing. */
function aLine(values: readonly (number | undefined)[]) {
  const points = values.flatMap((value, index) =>
    value === undefined ? [] : [[range.from.getTime() + index * hour, value] as const],
  );
  return { label: 'line', color: '#123456', axis: 'left', periodSeconds: 3_600, points } as const;
}

/** How many pieces the line is drawn in: a path moves once to the beginning of each. */
function strokesOf(svg: string): number {
  const [path = ''] = /<path[^>]*stroke="#123456"[^>]*>/.exec(svg) ?? [];
  return path.match(/M/g)?.length ?? 0;
}

function texts(widgets: readonly Widget[]): string[] {
  return widgets.flatMap((widget) => (widget.type === 'text' ? [widget.properties.markdown] : []));
}
