import { DynamoDBClient, UpdateContinuousBackupsCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { Duration } from 'aws-cdk-lib';
import type { SandboxAccount } from '../../../sandbox/account.ts';
import { aDrillingPlan, aDrillStack, resourcesOf } from '../../lib/deploy.ts';
import { decide, roleStatements, type Statement } from '../../lib/iam-simulation.ts';
import { owner } from '../world.ts';
import { aDrillPlan, drillTablePrefix } from './drill-world.ts';
import { aDrillingAccount, resultsOf, slot, startDrills, sweep, tablesOf } from './drilling-account.ts';

const account = '123456789012';
const [home, away, third] = ['eu-central-1', 'eu-west-1', 'us-east-1'];
const dayMs = 24 * 3_600_000;
const chosenTime = { backup: 'point-in-time', restoreTo: { before: 'PT90M' } } as const;
const region = { region: away, encryptionKey: 'aws-managed' } as const;

/** The statements of the drill stack's roles, for one plan that drills into another Region, or for one that does not. */
function rolesOf(drill: object): Map<string, Statement[]> {
  const plans = { orders: aDrillingPlan({ drill: { schedule: 'rate(7 days)', ...drill } }) };
  return roleStatements(resourcesOf(aDrillStack({ env: { account, region: home }, owner, plans })));
}

function tableIn(place: string, name: string): string {
  return `arn:aws:dynamodb:${place}:${account}:table/${name}`;
}

/** Runs a deployed function under a role of the stack, whose own resources are those of the account. */
function assume(there: SandboxAccount, name: string, statements: readonly Statement[]): void {
  const roleArn = there.roles.put(name);
  const deployed = (arns: readonly string[]) =>
    arns.map((arn) =>
      arn
        .replace(/^arn:Ledger$/, tableIn(home, 'ledger'))
        .replace(/^arn:DrillFunction/, `arn:aws:lambda:${home}:${account}:function:drill`),
    );
  const Statement = statements.map(({ sid, effect, actions, resources, notResources, equals }) => ({
    Sid: sid,
    Effect: effect,
    Action: actions,
    ...(resources.length > 0 ? { Resource: deployed(resources) } : { NotResource: deployed(notResources) }),
    Condition: { StringEquals: equals },
  }));
  there.roles.attach(name, 'all', { Statement });
  const { env, durable, bundle: code } = there.functions.target(name).definition;
  there.loadFunction({ name, code, env, durable, roleArn });
}

describe('the deployed roles', () => {
  const roles = rolesOf(region);
  const drill = roles.get('DrillRole') ?? [];
  const sweeping = roles.get('SweepRole') ?? [];
  const own = `${drillTablePrefix}${owner}-${home}-0123456789abcdef`;

  test.each([
    ['its own drill table there', away, own, 'allowed'],
    ['a drill table of a deployment that lives there', away, `${drillTablePrefix}${owner}-0123456789abcdef`, 'not'],
    ['any other table there', away, 'orders', 'not'],
    ['a table of that name in a third Region', third, own, 'not'],
    ['its drill table at home', home, `${drillTablePrefix}${owner}-0123456789abcdef`, 'allowed'],
  ])('let a drill restore into, fill, re-arm and delete %s: %s', (_, place, name, expected) => {
    const actions = ['RestoreTableFromBackup', 'PutItem', 'TagResource', 'UpdateTable', 'DeleteTable', 'DescribeTable'];
    const resource = tableIn(place, name);
    for (const action of actions) {
      const decision = decide(drill, { action: `dynamodb:${action}`, resource });
      expect({ action, isAllowed: decision === 'allowed' }).toEqual({ action, isAllowed: expected === 'allowed' });
    }
    const everything = {
      sid: '',
      effect: 'Allow',
      actions: ['*'],
      resources: ['*'],
      notResources: [],
      equals: {},
    } as const;
    for (const statements of [drill, sweeping]) {
      const decision = decide([...statements, everything], { action: 'dynamodb:DeleteTable', resource });
      expect(decision).toBe(expected === 'allowed' ? 'allowed' : 'explicitly denied');
    }
  });

  test('name no other Region where no plan drills there', () => {
    expect(JSON.stringify([...rolesOf({})])).not.toContain(away);
  });

  test.each<[string, object]>([
    ['the latest backup', {}],
    ['a chosen time', { backup: 'point-in-time', restoreTo: { before: Duration.minutes(90) } }],
  ])('are enough for a drill of %s into another Region', async (_, chosen) => {
    const there = await aDrillingAccount();
    const PointInTimeRecoverySpecification = { PointInTimeRecoveryEnabled: true };
    await there
      .client(DynamoDBClient)
      .send(new UpdateContinuousBackupsCommand({ TableName: 'orders', PointInTimeRecoverySpecification }));
    const plan = aDrillPlan({ ...region, ...('backup' in chosen && chosenTime) });
    const deployed = rolesOf({ ...region, ...chosen });
    assume(there, 'drill', deployed.get('DrillRole') ?? []);
    assume(there, 'sweep', deployed.get('SweepRole') ?? []);
    there.functions.putAlias('drill', 'live', there.functions.publish('drill'));

    await there.runUntil(new Date(slot));
    await startDrills(there, plan);
    await there.runFor(dayMs);
    const swept = await sweep(there, plan);

    expect(await resultsOf(there)).toMatchObject([{ outcome: 'passed', cleanUp: 'deleted' }]);
    expect(swept).toMatchObject({ leftovers: [], unswept: [] });
    expect(tablesOf(there.inRegion(away))).toEqual([]);
    expect(there.journal.entries({ outcome: 'AccessDeniedException' })).toEqual([]);
  });
});
