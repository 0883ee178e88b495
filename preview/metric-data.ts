import {
  type CloudWatchClient,
  type GetMetricDataCommandInput,
  type MetricDataQuery,
  type MetricDataResult,
  paginateGetMetricData,
} from '@aws-sdk/client-cloudwatch';

/** A stretch of time, its end left out. */
export interface TimeRange {
  readonly from: Date;
  readonly until: Date;
}

/** Answers queries as GetMetricData does, and nothing in the preview calculates beside it. */
export type MetricData = (queries: readonly MetricDataQuery[], range: TimeRange) => Promise<MetricDataResult[]>;

/** The metrics of an account, asked over its own protocol. */
export function metricDataOf(client: CloudWatchClient): MetricData {
  return async (queries, { from, until }) => {
    const request: GetMetricDataCommandInput = {
      MetricDataQueries: [...queries],
      StartTime: from,
      EndTime: until,
      ScanBy: 'TimestampAscending',
    };
    const results = new Map<string, MetricDataResult>();
    for await (const { MetricDataResults } of paginateGetMetricData({ client }, request)) {
      for (const result of MetricDataResults ?? []) add(results, result);
    }
    return [...results.values()];
  };
}

/** A series that does not fit a page goes on in the next. A search answers several series under one id. */
function add(results: Map<string, MetricDataResult>, result: MetricDataResult): void {
  const key = JSON.stringify([result.Id, result.Label]);
  const begun = results.get(key);
  results.set(key, {
    ...result,
    Timestamps: [...(begun?.Timestamps ?? []), ...(result.Timestamps ?? [])],
    Values: [...(begun?.Values ?? []), ...(result.Values ?? [])],
  });
}
