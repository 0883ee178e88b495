import { DescribeKeyCommand, type KMSClient } from '@aws-sdk/client-kms';

/** Whether AWS manages a key, as far as anybody may know: such a key is asked for by not naming it. Never throws. */
export async function isManagedByAws(client: KMSClient, keyArn: string): Promise<boolean> {
  try {
    const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: keyArn }));
    return KeyMetadata?.KeyManager === 'AWS';
  } catch {
    return false;
  }
}
