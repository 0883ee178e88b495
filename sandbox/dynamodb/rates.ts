import { throttled } from '../aws-error.ts';
import { TokenBucket } from '../token-bucket.ts';

/** Calls per second that DynamoDB publishes per operation and account (API reference of each); DescribeTimeToLive as measured. */
export const publishedRates: Readonly<Record<string, number>> = {
  CreateBackup: 50,
  ListBackups: 5,
  DescribeBackup: 10,
  DeleteBackup: 10,
  RestoreTableFromBackup: 10,
  DescribeContinuousBackups: 10,
  ListTagsOfResource: 10,
  TagResource: 5,
  UntagResource: 5,
  DescribeTimeToLive: 5,
};

/** Rejects calls beyond the rate of their operation. */
export class Rates {
  readonly #buckets: ReadonlyMap<string, TokenBucket>;

  constructor(perSecond: Readonly<Record<string, number>> = publishedRates) {
    this.#buckets = new Map(Object.entries(perSecond).map(([operation, rate]) => [operation, new TokenBucket(rate)]));
  }

  spend(operation: string, now: number): void {
    const bucket = this.#buckets.get(operation);
    if (bucket && !bucket.take(now)) throw throttled();
  }
}
