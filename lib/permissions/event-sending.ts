import { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { eventBusName, eventSource } from '../../lambda/contract/events.ts';
import type { RoleScope } from './role-scope.ts';

/** Sending events of our own source to the account's default bus, and no others: nobody can be made to believe they come from elsewhere. */
export function eventStatements({ ledger, sendsEvents }: Pick<RoleScope, 'ledger' | 'sendsEvents'>): PolicyStatement[] {
  if (!sendsEvents) return [];
  return [
    new PolicyStatement({
      sid: 'SendEvents',
      actions: ['events:PutEvents'],
      resources: [Stack.of(ledger).formatArn({ service: 'events', resource: 'event-bus', resourceName: eventBusName })],
      conditions: { StringEquals: { 'events:source': eventSource } },
    }),
  ];
}
