import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';

const requestHandler = { connectionTimeout: 3_000, requestTimeout: 10_000 };

export interface Clients {
  /** Repeats a call that failed in passing. Only for calls that may be made twice. */
  readonly dynamodb: DynamoDBClient;
  /** Makes every call exactly once: CreateBackup has no token, so a silent repeat would be a second backup. */
  readonly dynamodbOnce: DynamoDBClient;
  readonly tagging: ResourceGroupsTaggingAPIClient;
  readonly lambda: LambdaClient;
}

export function createClients(): Clients {
  return {
    dynamodb: new DynamoDBClient({ maxAttempts: 6, requestHandler }),
    dynamodbOnce: new DynamoDBClient({ maxAttempts: 1, requestHandler }),
    tagging: new ResourceGroupsTaggingAPIClient({ maxAttempts: 6, requestHandler }),
    lambda: new LambdaClient({ maxAttempts: 4, requestHandler }),
  };
}
