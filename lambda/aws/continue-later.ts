import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';

/** Starts the function once more with this event, after the current invocation, to do what its time did not suffice for. */
export async function continueLater(client: LambdaClient, functionArn: string, event: object): Promise<void> {
  await client.send(
    new InvokeCommand({ FunctionName: functionArn, InvocationType: 'Event', Payload: JSON.stringify(event) }),
  );
}
