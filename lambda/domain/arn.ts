/** Where a resource lives. */
export interface Home {
  /** `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

/** What a DynamoDB ARN says: a table, or a backup of one. */
export interface DynamoDbArn extends Home {
  readonly tableName: string;
  /** Set for a backup only. */
  readonly backupId: string | undefined;
}

const partitions = ['aws', 'aws-cn', 'aws-us-gov'] as const;
const regionName = /^[a-z]{2,5}(?:-[a-z]+)+-\d{1,2}$/;
const arnPattern = new RegExp(
  `^arn:(?<partition>${partitions.join('|')}):dynamodb:(?<region>[a-z]{2}(?:-[a-z]+)+-\\d{1,2}):(?<account>\\d{12})` +
    `:table/(?<tableName>[a-zA-Z0-9_.-]{3,255})(?:/backup/(?<backupId>[a-zA-Z0-9-]{1,64}))?$`,
);

/**
 * Reads the ARN of a table or of a backup; undefined for anything else, also when partition and Region do not belong together.
 * Never throws.
 */
export function parseDynamoDbArn(arn: string): DynamoDbArn | undefined {
  const groups = arn.length <= 1024 ? arnPattern.exec(arn)?.groups : undefined;
  const { partition, region, account, tableName, backupId } = groups ?? {};
  if (partition === undefined || region === undefined || account === undefined || tableName === undefined)
    return undefined;
  return partition === partitionOf(region) ? { partition, region, account, tableName, backupId } : undefined;
}

/**
 * Says why an ARN must not be used here; undefined when it may.
 * > Only tables and backups of our own partition, Region and account are touched.
 */
export function whyForeign(arn: string, home: Home): string | undefined {
  const parsed = parseDynamoDbArn(arn);
  if (!parsed) return `must be the ARN of a DynamoDB table or backup, got ${JSON.stringify(arn.slice(0, 100))}`;
  const foreign = (['partition', 'region', 'account'] as const).find((part) => parsed[part] !== home[part]);
  return foreign && `must be of ${foreign} ${home[foreign]}, got ${parsed[foreign]} in ${arn}`;
}

/** Where the resource of an ARN lives. Throws when the ARN does not say. */
export function homeIn(arn: string): Home {
  const [, partition = '', , region = '', account = ''] = arn.split(':', 5);
  if (isRegionName(region) && partition === partitionOf(region) && /^\d{12}$/.test(account))
    return { partition, region, account };
  throw new Error(`an ARN with Region and account was expected, got ${JSON.stringify(arn.slice(0, 100))}`);
}

/** The Region an ARN names; undefined where it names none that could be one. Never throws. */
export function regionIn(arn: string): string | undefined {
  const [scheme, , , region = ''] = arn.split(':', 4);
  return scheme === 'arn' && isRegionName(region) ? region : undefined;
}

/** Tells whether a text is spelt like the name of a Region, at most 40 characters; whether AWS has it is another matter. */
export function isRegionName(text: string): boolean {
  return text.length <= 40 && regionName.test(text);
}

/** The partition a Region belongs to. */
export function partitionOf(region: string): (typeof partitions)[number] {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
