import type { BackupClient } from '@aws-sdk/client-backup';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** Remembers the `Date` header of the client's last answer: AWS's clock, in whole seconds. */
export function rememberAnswerTimes(client: DynamoDBClient | BackupClient): { readonly last: () => Date | undefined } {
  let last: Date | undefined;
  client.middlewareStack.add(
    (next) => async (input) => {
      const output = await next(input);
      last = dateHeaderOf(output.response) ?? last;
      return output;
    },
    { step: 'deserialize', name: 'rememberAnswerTimes', override: true },
  );
  return { last: () => last };
}

function dateHeaderOf(response: unknown): Date | undefined {
  if (typeof response !== 'object' || response === null || !('headers' in response)) return undefined;
  const headers = response.headers as Record<string, string | undefined>;
  const at = new Date(headers.date ?? '');
  return Number.isNaN(at.getTime()) ? undefined : at;
}
