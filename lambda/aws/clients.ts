import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { BackupClient } from '@aws-sdk/client-backup';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { SNSClient } from '@aws-sdk/client-sns';
import { discreet } from './discreet.ts';

/** Without `throwOnRequestTimeout` the SDK only warns of a call that takes longer than its `requestTimeout`, in milliseconds. */
const requestHandler = { connectionTimeout: 3_000, requestTimeout: 10_000, throwOnRequestTimeout: true };
const common = { requestHandler, cacheMiddleware: true };

export interface Clients {
  /** Repeats a call that failed in passing. Only for calls that may be made twice. */
  readonly dynamodb: DynamoDBClient;
  /** Makes every call exactly once: CreateBackup has no token, so a silent repeat would be a second backup. */
  readonly dynamodbOnce: DynamoDBClient;
  readonly tagging: ResourceGroupsTaggingAPIClient;
  readonly lambda: LambdaClient;
}

/** Apart from the others, so that a function without them does not carry them. Everything they do may be done twice. */
export interface SettingsClients {
  readonly dynamodb: DynamoDBClient;
  readonly autoScaling: ApplicationAutoScalingClient;
  readonly cloudWatch: CloudWatchClient;
}

/** Clients of a Region; of the environment's own when none is named. */
export function createClients(region?: string): Clients {
  const place = { ...common, ...(region !== undefined && { region }) };
  return {
    dynamodb: discreet(new DynamoDBClient({ ...place, maxAttempts: 6 })),
    dynamodbOnce: discreet(new DynamoDBClient({ ...place, maxAttempts: 1 })),
    tagging: discreet(new ResourceGroupsTaggingAPIClient({ ...place, maxAttempts: 6 })),
    lambda: discreet(new LambdaClient({ ...place, maxAttempts: 4 })),
  };
}

/** Fewer tries than the other clients have: what cannot be read now is read by the next run. */
export function createSettingsClients(region?: string): SettingsClients {
  const settings = { ...common, ...(region !== undefined && { region }), maxAttempts: 4 };
  return {
    dynamodb: discreet(new DynamoDBClient(settings)),
    autoScaling: discreet(new ApplicationAutoScalingClient(settings)),
    cloudWatch: discreet(new CloudWatchClient(settings)),
  };
}

/** For AWS Backup, whose requests carry a token and may be repeated; of the environment's own Region when none is named. */
export function createBackupClient(region?: string): BackupClient {
  return discreet(new BackupClient({ ...common, ...(region !== undefined && { region }), maxAttempts: 6 }));
}

/** For looking at keys. */
export function createKeyClient(region?: string): KMSClient {
  return discreet(new KMSClient({ ...common, ...(region !== undefined && { region }), maxAttempts: 4 }));
}

/** What only watching needs; it reads. */
export interface WatchClients {
  readonly scheduler: SchedulerClient;
  readonly kms: KMSClient;
  readonly sns: SNSClient;
}

export function createWatchClients(): WatchClients {
  const settings = { ...common, maxAttempts: 4 };
  return {
    scheduler: discreet(new SchedulerClient(settings)),
    kms: createKeyClient(),
    sns: discreet(new SNSClient(settings)),
  };
}

/** For messages to people, which may come twice but should come once. */
export function createMessagesClient(): SNSClient {
  return discreet(new SNSClient({ ...common, maxAttempts: 4 }));
}

/** Impatient: news must not keep a run from what it is for. */
export function createEventsClient(): EventBridgeClient {
  const impatient = { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true };
  return discreet(new EventBridgeClient({ ...common, requestHandler: impatient, maxAttempts: 3 }));
}
