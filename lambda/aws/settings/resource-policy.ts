import {
  DeleteResourcePolicyCommand,
  GetResourcePolicyCommand,
  PutResourcePolicyCommand,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import * as z from 'zod';
import { failureOf } from '../failures.ts';
import { paced } from '../rates.ts';
import type { SettingAdapter } from './setting-adapter.ts';

const policyDocument = z.record(z.string(), z.json());

/** The policy of the table itself; that of its stream belongs to a stream that no restored table has. */
export function resourcePolicy(client: DynamoDBClient): SettingAdapter<'resource-policy'> {
  const get = paced('getResourcePolicy', (input: GetResourcePolicyCommand) => client.send(input));
  return {
    async read({ facts }) {
      try {
        const { Policy } = await get(new GetResourcePolicyCommand({ ResourceArn: facts.arn }));
        return Policy ? { is: policyDocument.parse(JSON.parse(Policy)) } : 'off';
      } catch (error) {
        if (isNoPolicy(error)) return 'off';
        throw error;
      }
    },

    /** Without a confirmation DynamoDB refuses a policy that would keep us from ever changing it again. */
    async set({ facts }, policy) {
      await client.send(new PutResourcePolicyCommand({ ResourceArn: facts.arn, Policy: JSON.stringify(policy) }));
    },

    async clear({ facts }) {
      try {
        await client.send(new DeleteResourcePolicyCommand({ ResourceArn: facts.arn }));
      } catch (error) {
        if (!isNoPolicy(error)) throw error;
      }
    },
  };
}

function isNoPolicy(error: unknown): boolean {
  return failureOf(error).kind === 'missing' && error instanceof Error && error.name === 'PolicyNotFoundException';
}
