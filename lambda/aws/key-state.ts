import { DescribeKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import type { KeyState, StateOfKey } from '../jobs/watch/ports.ts';
import { failureOf } from './failures.ts';

/** States in which a key cannot be used, or will soon be gone (source: "Key states of AWS KMS keys"). */
const lost: ReadonlySet<string> = new Set([
  'Disabled',
  'PendingDeletion',
  'PendingReplicaDeletion',
  'PendingImport',
  'Unavailable',
]);

/** Asks KMS about a key. */
export function stateOfKey(client: KMSClient): StateOfKey {
  return async (keyArn): Promise<KeyState> => {
    try {
      const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: keyArn }));
      if (KeyMetadata?.KeyState === undefined) return 'unknown';
      return lost.has(KeyMetadata.KeyState) ? 'at-risk' : 'usable';
    } catch (error) {
      if (error instanceof Error && error.name === 'NotFoundException') return 'at-risk';
      if (failureOf(error).kind === 'access-denied') return 'unknown';
      throw error;
    }
  };
}
