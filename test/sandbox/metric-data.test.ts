import {
  CloudWatchClient,
  DeleteDashboardsCommand,
  GetDashboardCommand,
  GetMetricDataCommand,
  ListDashboardsCommand,
  ListMetricsCommand,
  PutDashboardCommand,
  PutMetricDataCommand,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import { describe, expect, test } from '@jest/globals';
import { SandboxAccount } from '../../sandbox/account.ts';

const startAt = new Date('2026-11-20T00:00:00Z');
const minute = 60_000;

class World {
  readonly account = new SandboxAccount({ seed: 5, startAt });
  readonly watch = this.account.client(CloudWatchClient);

  /** Restores of two tables in three periods of five minutes, the second of which saw only one. */
  constructor() {
    const measured = [
      ['orders', 0, 60],
      ['orders', 1, 90],
      ['invoices', 2, 30],
      ['invoices', 7, 40],
      ['orders', 11, 120],
    ] as const;
    for (const [Table, minutes, value] of measured) {
      const at = startAt.getTime() + minutes * minute;
      this.account.metrics.put('App', 'RestoreTime', { Plan: 'all', Table }, { at, value });
    }
    this.account.metrics.put('App', 'RestoreTime', { Plan: 'all' }, { at: startAt.getTime(), value: 999 });
  }

  async get(...MetricDataQueries: MetricDataQuery[]) {
    const { MetricDataResults } = await this.watch.send(
      new GetMetricDataCommand({
        MetricDataQueries,
        StartTime: startAt,
        EndTime: new Date(startAt.getTime() + 15 * minute),
        ScanBy: 'TimestampAscending',
      }),
    );
    return (MetricDataResults ?? []).map(({ Label, Timestamps, Values }) => ({
      Label,
      points: (Timestamps ?? []).map((at, index) => [(at.getTime() - startAt.getTime()) / minute, Values?.[index]]),
    }));
  }
}

function stat(Id: string, Table: string, changes: Partial<MetricDataQuery> = {}): MetricDataQuery {
  const Dimensions = [
    { Name: 'Plan', Value: 'all' },
    { Name: 'Table', Value: Table },
  ];
  const Metric = { Namespace: 'App', MetricName: 'RestoreTime', Dimensions };
  return { Id, MetricStat: { Metric, Period: 300, Stat: 'Maximum' }, ...changes };
}

describe('GetMetricData', () => {
  test('gives the statistic of each period that has values', async () => {
    expect(await new World().get(stat('m1', 'orders'))).toEqual([
      {
        Label: 'RestoreTime',
        points: [
          [0, 90],
          [10, 120],
        ],
      },
    ]);
  });

  test('calculates over metrics that it does not give', async () => {
    const metrics = [stat('m1', 'orders', { ReturnData: false }), stat('m2', 'invoices', { ReturnData: false })];

    const found = await new World().get({ Id: 'worst', Expression: 'MAX(METRICS())', Label: 'worst' }, ...metrics);

    expect(found).toEqual([
      {
        Label: 'worst',
        points: [
          [0, 90],
          [5, 40],
          [10, 120],
        ],
      },
    ]);
  });

  test.each([
    ['FILL(m1, REPEAT)', [90, 90, 120]],
    ['FILL(m1, LINEAR)', [90, 105, 120]],
    ['FILL(m1, 0)', [90, 0, 120]],
    ['DIFF(m1)', [30]],
    ['RUNNING_SUM(m1)', [90, 210]],
    ['m1 / MAX(m1)', [0.75, 1]],
    ['IF(m1 > 100, m1)', [120]],
    ['TIME_SERIES(AVG(m1))', [105, 105, 105]],
    ['LAST(m1)', [120]],
    ['m1 ^ 2 / 0', []],
  ])('knows %s', async (Expression, expected) => {
    const [found] = await new World().get({ Id: 'e', Expression }, stat('m1', 'orders', { ReturnData: false }));

    expect(found?.points.map(([, value]) => value)).toEqual(expected);
  });

  // Source: CloudWatch user guide, search-expression-syntax: exactly the dimensions of the schema.
  test('searches series by their dimensions and labels them by what tells them apart', async () => {
    const Expression = `SEARCH('{App,Plan,Table} MetricName="RestoreTime"', 'Maximum', 300)`;

    const found = await new World().get({ Id: 'e', Expression });

    expect(found.map(({ Label, points }) => [Label, points.length])).toEqual([
      ['all invoices RestoreTime', 2],
      ['all orders RestoreTime', 2],
    ]);
  });

  test.each([
    [`{App,Plan} MetricName="RestoreTime"`, 1],
    [`{App,Plan,Table} Table="orders"`, 1],
    [`{App,Plan,Table} order`, 1],
    [`{App,Plan,Table} MetricName="Restore"`, 0],
    [`{App,Plan,Table} Plan=all Table="invoices"`, 1],
    ['RestoreTime', 3],
  ])('finds by %s so many series: %d', async (search, count) => {
    const found = await new World().get({ Id: 'e', Expression: `SEARCH('${search}', 'Maximum', 300)` });

    expect(found).toHaveLength(count);
  });

  test('ranks what it found', async () => {
    const search = `SEARCH('{App,Plan,Table} MetricName="RestoreTime"', 'Maximum', 300)`;

    const found = await new World().get({ Id: 'e', Expression: `SORT(${search}, MAX, DESC, 1)`, Label: 'slowest' });

    expect(found).toMatchObject([{ Label: 'slowest', points: [[0, 90], [10, 120]] }]); // prettier-ignore
  });
});

describe('labels', () => {
  const search = `SEARCH('{App,Plan,Table} MetricName="RestoreTime"', 'Maximum', 300)`;

  test('name the properties of each series a search found', async () => {
    const Label = "${PROP('Dim.Table')} of ${PROP('Dim.Plan')}: ${PROP('MetricName')}";

    const found = await new World().get({ Id: 'e', Expression: search, Label });

    expect(found.map(({ Label: label }) => label)).toEqual([
      'invoices of all: RestoreTime',
      'orders of all: RestoreTime',
    ]);
  });

  test('stay with their series when it is calculated with, ranked and cut', async () => {
    const Expression = `SORT(${search} / 60, MAX, DESC, 1)`;

    const found = await new World().get({ Id: 'e', Expression, Label: "${PROP('Dim.Table')}" });

    expect(found).toMatchObject([{ Label: 'orders', points: [[0, 1.5], [10, 2]] }]); // prettier-ignore
  });

  test('with values that change are refused', async () => {
    const asked = new World().get({ Id: 'e', Expression: search, Label: 'at most ${MAX}' });

    await expect(asked).rejects.toThrow('the sandbox does not know the dynamic label ${MAX}');
  });
});

test('FIRST and LAST take one series out of many', async () => {
  const sorted = `SORT(SEARCH('{App,Plan,Table} MetricName="RestoreTime"', 'Maximum', 300), MAX, DESC)`;
  const [slowest] = await new World().get({ Id: 'e', Expression: `FIRST(${sorted})` });
  const [fastest] = await new World().get({ Id: 'e', Expression: `LAST(${sorted})` });

  const [orders, invoices] = await Promise.all(
    ['orders', 'invoices'].map(async (table) => (await new World().get(stat('m1', table)))[0]),
  );

  expect(slowest?.points).toEqual(orders?.points);
  expect(fastest?.points).toEqual(invoices?.points);
});

test('metrics are listed by name, namespace and dimension', async () => {
  const { watch } = new World();

  const all = await watch.send(new ListMetricsCommand({ Namespace: 'App', MetricName: 'RestoreTime' }));
  const some = await watch.send(new ListMetricsCommand({ Dimensions: [{ Name: 'Table', Value: 'orders' }] }));

  expect(all.Metrics).toHaveLength(3);
  expect(some.Metrics?.map(({ Dimensions }) => Dimensions?.map(({ Value }) => Value))).toEqual([['all', 'orders']]);
});

test('metrics are put by value, with counts and with a time of their own', async () => {
  const { account, watch } = new World();
  const Timestamp = new Date(startAt.getTime() - 5 * minute);

  await watch.send(
    new PutMetricDataCommand({
      Namespace: 'Mine',
      MetricData: [
        { MetricName: 'M', Value: 3 },
        { MetricName: 'M', Values: [1, 2], Counts: [2, 1], Timestamp },
      ],
    }),
  );
  const datapoints = account.metrics.datapoints('Mine', 'M');

  expect(datapoints.map(({ value }) => value)).toEqual([1, 1, 2, 3]);
  await expect(
    watch.send(new PutMetricDataCommand({ Namespace: 'AWS/Mine', MetricData: [{ MetricName: 'M', Value: 1 }] })),
  ).rejects.toMatchObject({ name: 'ValidationException' });
});

test('dashboards are kept by name, as JSON with widgets', async () => {
  const { watch } = new World();
  const DashboardBody = JSON.stringify({ widgets: [] });
  await watch.send(new PutDashboardCommand({ DashboardName: 'backups', DashboardBody }));

  const found = await watch.send(new GetDashboardCommand({ DashboardName: 'backups' }));
  const listed = await watch.send(new ListDashboardsCommand({ DashboardNamePrefix: 'back' }));
  await watch.send(new DeleteDashboardsCommand({ DashboardNames: ['backups'] }));

  expect(found.DashboardBody).toBe(DashboardBody);
  expect(listed.DashboardEntries).toMatchObject([{ DashboardName: 'backups', Size: DashboardBody.length }]);
  await expect(watch.send(new GetDashboardCommand({ DashboardName: 'backups' }))).rejects.toMatchObject({
    name: expect.stringMatching(/NotFound/),
  });
  await expect(
    watch.send(new PutDashboardCommand({ DashboardName: 'odd', DashboardBody: 'none' })),
  ).rejects.toMatchObject({ name: 'DashboardInvalidInputError' });
});
