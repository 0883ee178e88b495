import { describe, expect, test } from '@jest/globals';
import type { Stack } from 'aws-cdk-lib';
import { aDrillingPlan, aDrillStack, aMonitoringStack, aPlan, aStack, propertiesOf, resourcesOf } from './deploy.ts';
import { decide, roleStatements } from './iam-simulation.ts';

const request = {
  action: 'events:PutEvents',
  resource: 'arn:aws:events:eu-west-1:123456789012:event-bus/default',
  context: { 'events:source': 'dynamodb-backups' },
};

/** The roles and the functions that may send, or do send, events. */
function speakersOf(stack: Stack): {
  readonly roles: readonly string[];
  readonly functions: number;
} {
  const roles = [...roleStatements(resourcesOf(stack))].filter(
    ([, statements]) => decide(statements, request) === 'allowed',
  );
  const functions = propertiesOf(stack, 'AWS::Lambda::Function').filter(
    ({ Environment }) => (Environment as { Variables: Record<string, string> }).Variables.EVENT_BUS_NAME === 'default',
  );
  return { roles: roles.map(([role]) => role).sort(), functions: functions.length };
}

describe('events', () => {
  test('are sent by whoever backs up, prunes, drills and watches', () => {
    expect(speakersOf(aStack())).toEqual({ roles: ['BackupRole', 'PruneRole'], functions: 2 });
    expect(speakersOf(aDrillStack())).toEqual({ roles: ['DrillRole'], functions: 1 });
    expect(speakersOf(aMonitoringStack())).toEqual({ roles: ['WatchRole'], functions: 1 });
  });

  test('are sent by nobody when they are switched off', () => {
    expect(speakersOf(aStack({ plans: { orders: aPlan() }, events: false }))).toEqual({ roles: [], functions: 0 });
    expect(speakersOf(aDrillStack({ plans: { orders: aDrillingPlan() }, events: false }))).toEqual({
      roles: [],
      functions: 0,
    });
    expect(speakersOf(aMonitoringStack({ events: false }))).toEqual({ roles: [], functions: 0 });
  });
});
