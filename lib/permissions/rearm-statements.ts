import type { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { SettingName } from '../../lambda/domain/settings.ts';
import { scalingAndAlarmsReadingStatement, settingsReadingStatements } from './settings-reading.ts';

/** One Region of restored tables. */
export interface DrillPlace {
  readonly region: string;
  /** What the names of all restored tables begin with there; at least 8 characters. */
  readonly tablePrefix: string;
}

export interface RearmScope {
  readonly stack: Stack;
  /** Where tables are re-armed, the deployment's own Region first. */
  readonly places: readonly DrillPlace[];
  /** The settings that any plan gives back. */
  readonly settings: readonly SettingName[];
}

/** What setting and taking off takes, on the table itself. */
const tableActions: Readonly<Record<SettingName, readonly string[]>> = {
  tags: ['dynamodb:TagResource'],
  'time-to-live': ['dynamodb:UpdateTimeToLive'],
  stream: ['dynamodb:UpdateTable'],
  'deletion-protection': ['dynamodb:UpdateTable'],
  'table-class': ['dynamodb:UpdateTable'],
  'point-in-time-recovery': ['dynamodb:UpdateContinuousBackups'],
  'auto-scaling': ['dynamodb:UpdateTable'],
  'resource-policy': ['dynamodb:PutResourcePolicy', 'dynamodb:DeleteResourcePolicy'],
  'contributor-insights': ['dynamodb:UpdateContributorInsights'],
  'kinesis-destination': ['dynamodb:EnableKinesisStreamingDestination', 'dynamodb:DisableKinesisStreamingDestination'],
  alarms: [],
};

const readActions = [
  'dynamodb:DescribeTable',
  'dynamodb:ListTagsOfResource',
  'dynamodb:DescribeTimeToLive',
  'dynamodb:DescribeContinuousBackups',
  'dynamodb:GetResourcePolicy',
  'dynamodb:DescribeContributorInsights',
  'dynamodb:DescribeKinesisStreamingDestination',
];

const shortestPrefix = 8;

/**
 * What it takes to give restored tables of given prefixes the chosen settings, to read them back and to take them off again, and nothing
 * on any other table. A setting that is not chosen adds no permission.
 *
 * @throws RangeError for a prefix that could be any table's
 */
export function rearmStatements({ stack, places, settings }: RearmScope): PolicyStatement[] {
  for (const { tablePrefix } of places) checkPrefix(tablePrefix);
  const has = (name: SettingName): boolean => settings.includes(name);
  const tables = tablesIn(stack, places);
  const changes = [...new Set(settings.flatMap((name) => tableActions[name]))];
  return [
    new PolicyStatement({ sid: 'RearmTables', actions: [...readActions, ...changes], resources: tables }),
    ...settingsReadingStatements(stack).filter(({ sid }) => sid !== 'ReadIndexSettings'),
    ...(has('auto-scaling') ? scalingStatements(stack, places) : []),
    ...(has('contributor-insights') ? [serviceRole(stack, 'Insights')] : []),
    ...(has('kinesis-destination') ? [feedStatement(stack), serviceRole(stack, 'Kinesis')] : []),
    ...(has('alarms') ? [alarmStatement(stack, 'RecreateAlarms', atHome(places))] : []),
  ];
}

/** What taking off again takes, on the table itself, of what would forbid its deletion or outlive it. */
const takingOffActions: Readonly<Partial<Record<SettingName, readonly string[]>>> = {
  'auto-scaling': [],
  alarms: [],
  'deletion-protection': ['dynamodb:UpdateTable'],
  'point-in-time-recovery': ['dynamodb:DescribeContinuousBackups', 'dynamodb:UpdateContinuousBackups'],
  'resource-policy': ['dynamodb:GetResourcePolicy', 'dynamodb:DeleteResourcePolicy'],
  'kinesis-destination': [
    'dynamodb:DescribeKinesisStreamingDestination',
    'dynamodb:DisableKinesisStreamingDestination',
  ],
};

/**
 * What it takes to take the chosen settings off tables that others left, as far as they would forbid the deletion or outlive the table.
 * It can set nothing.
 *
 * @throws RangeError for a prefix that could be any table's
 */
export function takingOffStatements({ stack, places, settings }: RearmScope): PolicyStatement[] {
  for (const { tablePrefix } of places) checkPrefix(tablePrefix);
  const has = (name: SettingName): boolean => settings.includes(name);
  const tables = tablesIn(stack, places);
  const actions = [...new Set(settings.flatMap((name) => takingOffActions[name] ?? []))];
  return [
    ...(actions.length > 0 ? [new PolicyStatement({ sid: 'TakeOffTables', actions, resources: tables })] : []),
    ...(has('auto-scaling') || has('alarms') ? [scalingAndAlarmsReadingStatement()] : []),
    ...(has('auto-scaling')
      ? [
          scalingStatement(stack, 'TakeOffScaling', places, ['DeregisterScalableTarget']),
          alarmStatement(stack, 'TakeOffScalingAlarms', places, { before: targetTracking, actions: ['DeleteAlarms'] }),
        ]
      : []),
    ...(has('alarms') ? [alarmStatement(stack, 'TakeOffAlarms', atHome(places), { actions: ['DeleteAlarms'] })] : []),
  ];
}

function tablesIn(stack: Stack, places: readonly DrillPlace[]): string[] {
  return places.map(({ region, tablePrefix }) =>
    stack.formatArn({ service: 'dynamodb', region, resource: 'table', resourceName: `${tablePrefix}*` }),
  );
}

/** Alarms of the source are given back in its own Region only. */
function atHome(places: readonly DrillPlace[]): readonly DrillPlace[] {
  return places.slice(0, 1);
}

function checkPrefix(tablePrefix: string): void {
  if (/^[a-zA-Z0-9_.-]+$/.test(tablePrefix) && tablePrefix.length >= shortestPrefix) return;
  throw new RangeError(
    `the prefix of restored tables must be at least ${shortestPrefix} letters, digits, _, . and -, got ${JSON.stringify(tablePrefix)}`,
  );
}

/**
 * Application Auto Scaling makes the alarms of a policy in the caller's name (source: "Application Auto Scaling identity-based policy
 * examples"). The ids of scalable targets are its own; that a target is of a drill table is for the code to ensure.
 */
function scalingStatements(stack: Stack, places: readonly DrillPlace[]): PolicyStatement[] {
  return [
    scalingStatement(stack, 'RearmScaling', places, [
      'RegisterScalableTarget',
      'DeregisterScalableTarget',
      'PutScalingPolicy',
    ]),
    alarmStatement(stack, 'RearmScalingAlarms', places, { before: targetTracking }),
    serviceRole(stack, 'Scaling'),
  ];
}

function scalingStatement(
  stack: Stack,
  sid: string,
  places: readonly DrillPlace[],
  actions: readonly string[],
): PolicyStatement {
  const targets = { service: 'application-autoscaling', resource: 'scalable-target', resourceName: '*' };
  return new PolicyStatement({
    sid,
    actions: actions.map((action) => `application-autoscaling:${action}`),
    resources: places.map(({ region }) => stack.formatArn({ ...targets, region })),
    conditions: { StringEquals: { 'application-autoscaling:service-namespace': 'dynamodb' } },
  });
}

/** What the names of the alarms that AWS makes for target tracking begin with. */
const targetTracking = 'TargetTracking-table/';

/** An alarm cannot be scoped by its metric's table, but ours begin with the table's name. */
function alarmStatement(
  stack: Stack,
  sid: string,
  places: readonly DrillPlace[],
  { before = '', actions = ['PutMetricAlarm', 'DeleteAlarms'] }: { before?: string; actions?: readonly string[] } = {},
): PolicyStatement {
  return new PolicyStatement({
    sid,
    actions: actions.map((action) => `cloudwatch:${action}`),
    resources: places.map(
      ({ region, tablePrefix }) =>
        `arn:${stack.partition}:cloudwatch:${region}:${stack.account}:alarm:${before}${tablePrefix}*`,
    ),
  });
}

/** Source: "Using IAM policies for Amazon Kinesis Data Streams and Amazon DynamoDB". */
function feedStatement(stack: Stack): PolicyStatement {
  return new PolicyStatement({
    sid: 'FeedStreams',
    actions: ['kinesis:ListStreams', 'kinesis:PutRecords'],
    resources: [stack.formatArn({ service: 'kinesis', resource: 'stream', resourceName: '*' })],
  });
}

const serviceRoles = {
  Scaling: {
    service: 'dynamodb.application-autoscaling.amazonaws.com',
    role: 'AWSServiceRoleForApplicationAutoScaling_DynamoDBTable',
  },
  Insights: {
    service: 'contributorinsights.dynamodb.amazonaws.com',
    role: 'AWSServiceRoleForDynamoDBCloudWatchContributorInsights',
  },
  Kinesis: {
    service: 'kinesisreplication.dynamodb.amazonaws.com',
    role: 'AWSServiceRoleForDynamoDBKinesisDataStreamsReplication',
  },
} as const;

/** The first use of these features in an account makes AWS create a role for itself, in the caller's name. */
function serviceRole(stack: Stack, feature: keyof typeof serviceRoles): PolicyStatement {
  const { service, role } = serviceRoles[feature];
  return new PolicyStatement({
    sid: `Create${feature}ServiceRole`,
    actions: ['iam:CreateServiceLinkedRole'],
    resources: [
      stack.formatArn({
        service: 'iam',
        region: '',
        resource: 'role',
        resourceName: `aws-service-role/${service}/${role}`,
      }),
    ],
    conditions: { StringEquals: { 'iam:AWSServiceName': service } },
  });
}
