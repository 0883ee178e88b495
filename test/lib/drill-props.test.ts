import { describe, expect, test } from '@jest/globals';
import { Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { AttributeType, Table, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { planSchema } from '../../lambda/domain/plan.ts';
import { BackupStack } from '../../lib/backup-stack.ts';
import { checkablePlan, withTokens } from '../../lib/plan-input.ts';
import type { EnginePlanProps } from '../../lib/both-engines.ts';
import type { DrillProps } from '../../lib/drill-props.ts';
import { account, anApp, aPlan, aStack, env } from './deploy.ts';

const schedule = 'cron(0 5 ? * SUN *)';
const key = { id: { S: '7' } };

function drilling(drill: Partial<DrillProps> = {}, changes: Partial<EnginePlanProps> = {}): EnginePlanProps {
  return aPlan({ drill: { schedule, ...drill }, ...changes });
}

describe('the drills an operator writes become the JSON a schedule carries', () => {
  test('durations become ISO 8601 and seconds, constructs become ARNs and names, everything else stays', () => {
    const stack = new Stack(anApp(), 'Shop', { env });
    const encryptionKey = Key.fromKeyArn(stack, 'Key', `arn:aws:kms:eu-west-1:${account}:key/0123`);
    const functionArn = `arn:aws:lambda:eu-west-1:${account}:function:check-orders`;
    const asked = LambdaFunction.fromFunctionArn(stack, 'Check', functionArn);
    const rest = {
      schedule,
      timeZone: 'Europe/Berlin',
      pick: 'all',
      tablesPerRun: 3,
      gigabytesPerRun: 12.5,
      backup: 'random',
      concurrentRestores: 2,
      billing: 'as-backed-up',
      indexes: ['by-date'],
      rearm: ['tags', 'stream'],
    } as const;
    const checks = [{ table: Table.fromTableName(stack, 'Orders', 'orders'), key, expect: { total: { N: '42' } } }];
    const validate = { items: 10, bytes: 4096, checks, function: asked, functionTimeout: Duration.minutes(5) };

    const props = drilling({ ...rest, encryptionKey, timeout: Duration.hours(36), validate });

    expect(checkablePlan('orders', props).input.drill).toEqual({
      ...rest,
      encryptionKey: encryptionKey.keyArn,
      timeout: 'P1DT12H',
      validate: {
        items: 10,
        bytes: 4096,
        checks: [{ table: 'orders', key, expect: { total: { N: '42' } } }],
        function: functionArn,
        functionTimeoutSeconds: 300,
      },
    });
  });

  test('what only the deployment knows is checked by a stand-in and deployed as its token', () => {
    const stack = new Stack(anApp(), 'Shop', { env });
    const table = new Table(stack, 'Orders', { partitionKey: { name: 'id', type: AttributeType.STRING } });
    const encryptionKey = new Key(stack, 'Key');
    const asked = LambdaFunction.fromFunctionName(stack, 'Check', 'check');
    const checks = [{ table, key, expect: {} }];
    const props = drilling({ encryptionKey, validate: { checks, function: asked } }, { tables: { named: [table] } });

    const { input, tokens } = checkablePlan('orders', props);
    const plan = planSchema.parse(input);
    const deployed = withTokens(plan, tokens);

    expect(plan.drill?.validate.checks).toEqual([{ table: 'Shop.Orders', key, expect: {} }]);
    expect(plan.drill?.encryptionKey).toMatch(/^arn:aws:kms:token:000000000000:key\/token-\d$/);
    expect(deployed.tables.named).toEqual([table.tableName]);
    expect(deployed.drill).toEqual({
      ...plan.drill,
      encryptionKey: encryptionKey.keyArn,
      validate: {
        ...plan.drill?.validate,
        checks: [{ table: table.tableName, key, expect: {} }],
        function: asked.functionArn,
      },
    });
  });

  test('a plan without drills has none afterwards, and one without key or function gains none', () => {
    const without = checkablePlan('orders', aPlan());
    const plain = checkablePlan('orders', drilling());

    expect(withTokens(planSchema.parse(without.input), without.tokens)).not.toHaveProperty('drill');
    expect(withTokens(planSchema.parse(plain.input), plain.tokens)).toEqual(planSchema.parse(plain.input));
  });
});

describe('drills into another Region, and to a time before their slot', () => {
  const away = { region: 'us-east-1', encryptionKey: 'aws-managed' } as const;

  test('become the JSON a schedule carries', () => {
    const restoreTo = { before: Duration.hours(6) };

    const { input } = checkablePlan('orders', drilling({ ...away, backup: 'point-in-time', restoreTo }));

    expect(input.drill).toMatchObject({ ...away, restoreTo: { before: 'PT6H' } });
    expect(() =>
      aStack({ plans: { orders: drilling({ ...away, backup: 'point-in-time', restoreTo }) } }),
    ).not.toThrow();
  });

  test('use a key of that Region, be it known by its ARN or by its stack', () => {
    const app = anApp();
    const there = new Stack(app, 'There', { env: { account, region: 'us-east-1' }, crossRegionReferences: true });
    const imported = Key.fromKeyArn(there, 'Imported', `arn:aws:kms:us-east-1:${account}:key/0123`);
    const deploy = (id: string, encryptionKey: Key | typeof imported) => () =>
      new BackupStack(app, id, {
        env,
        crossRegionReferences: true,
        plans: { orders: drilling({ ...away, encryptionKey }) },
      });

    expect(deploy('Backups', imported)).not.toThrow();
    expect(deploy('More', new Key(there, 'Key'))).not.toThrow();
  });

  test.each<[string, string, string]>([
    ['its own Region', 'eu-west-1', "must be another Region than the eu-west-1 of the deployment, got 'eu-west-1'"],
    ['a Region nobody has', 'eu-wst-3', "must be a Region of AWS, got 'eu-wst-3': did you mean 'eu-west-3'?"],
    ['a Region of another partition', 'cn-north-1', "must be a Region of partition aws, got 'cn-north-1' of aws-cn"],
    ['what is no name of a Region', 'Ireland', 'must be the name of a Region such as eu-west-1, got "Ireland"'],
  ])('are refused into %s', (_, region, message) => {
    expect(refusalOf(() => aStack({ plans: { orders: drilling({ ...away, region }) } }))).toContain(
      `- plans.orders.drill.region ${message}`,
    );
  });

  test('are refused where nobody knows which Region the deployment is in', () => {
    const deploy = () => new BackupStack(anApp(), 'Backups', { plans: { orders: drilling(away) } });

    expect(refusalOf(deploy)).toContain(
      "- plans.orders.drill.region must be left out unless the Region of the deployment itself is known at synth: choose it with env or -c region, got 'us-east-1'",
    );
  });

  test('are refused without a key, and with one of the deployment or of a third Region', () => {
    const app = anApp();
    const third = new Stack(app, 'Third', { env: { account, region: 'ap-south-1' } });
    const own = Key.fromKeyArn(third, 'Own', `arn:aws:kms:eu-west-1:${account}:key/0123`);
    const refusal = (drill: Partial<DrillProps>) =>
      refusalOf(() => aStack({ plans: { orders: drilling({ region: 'us-east-1', ...drill }) } }))
        .split('\n')
        .slice(1);

    expect(refusal({})).toEqual([
      '- plans.orders.drill.encryptionKey must be given when drills restore into another Region: a key of us-east-1, aws-managed or aws-owned, got nothing',
    ]);
    expect(refusal({ encryptionKey: own })).toEqual([
      '- plans.orders.drill.encryptionKey must be a key of us-east-1, where drills restore into, got one of eu-west-1',
    ]);
    expect(refusal({ encryptionKey: new Key(third, 'Key') })).toEqual([
      '- plans.orders.drill.encryptionKey must be a key of region us-east-1, got one of ap-south-1',
    ]);
  });

  test('are refused to a time that recovery never reaches, and to one that a backup does not have', () => {
    const refusal = (drill: Partial<DrillProps>) => refusalOf(() => aStack({ plans: { orders: drilling(drill) } }));
    const before = (duration: Duration) => ({ restoreTo: { before: duration } });

    expect(refusal({ backup: 'point-in-time', ...before(Duration.days(36)) })).toContain(
      '- plans.orders.drill.restoreTo.before must be an ISO 8601 duration of weeks, days, hours, minutes or seconds, at least PT5M and shorter than P35D, such as PT6H, got "P36D"',
    );
    expect(refusal({ ...before(Duration.hours(6)) })).toContain(
      '- plans.orders.drill.restoreTo must be left out unless drill.backup is point-in-time, got PT6H with latest',
    );
  });
});

describe('synth refuses', () => {
  test.each<[string, Partial<DrillProps>, string]>([
    ['an unknown choice', { pick: 'some' as 'all' }, 'drill.pick must be least-recently-proven or all, got "some"'],
    [
      'more restores than AWS leaves room for',
      { concurrentRestores: 50 },
      'drill.concurrentRestores must be at most 40, got 50',
    ],
    [
      'a timeout of weeks',
      { timeout: Duration.days(8) },
      'drill.timeout must be a positive ISO 8601 duration .* at most 7 days, .*got "P8D"',
    ],
    [
      'half a second for the function',
      { validate: { functionTimeout: Duration.millis(500) } },
      'drill.validate.functionTimeoutSeconds must be an integer of at least 1, got 0.5',
    ],
    ['a name that no index can have', { indexes: ['x'] }, 'drill.indexes.0 must be the name of an index: .*, got "x"'],
    ['a setting given twice', { rearm: ['tags', 'tags'] }, 'drill.rearm must be an array of settings, each given once'],
    [
      'a check of a table that is not drilled',
      { validate: { checks: [{ table: 'users', key, expect: {} }] } },
      'drill.validate.checks.0.table must be a table the plan covers, got "users"',
    ],
    [
      'a key that is not DynamoDB JSON',
      { validate: { checks: [{ table: 'orders', key: { id: '7' } as never, expect: {} }] } },
      'drill.validate.checks.0.key must be the key of an item as DynamoDB JSON',
    ],
    [
      'an expectation that is not DynamoDB JSON',
      { validate: { checks: [{ table: 'orders', key, expect: { total: 42 } as never }] } },
      'drill.validate.checks.0.expect must be attributes as DynamoDB JSON',
    ],
    [
      'an unknown key',
      { validate: { itmes: 7 } as object },
      'drill.validate.itmes: unknown key, did you mean items\\?',
    ],
  ])('%s', (_, drill, message) => {
    expect(refusalOf(() => aStack({ plans: { orders: drilling(drill) } }))).toMatch(
      new RegExp(`- plans.orders.${message}`),
    );
  });

  test('a timeout that hides a restore slower than its objective', () => {
    const orders = drilling({ timeout: Duration.hours(1) }, { objectives: { recoveryTime: Duration.hours(2) } });

    expect(refusalOf(() => aStack({ plans: { orders } }))).toContain(
      '- plans.orders.drill.timeout must be longer than the PT2H of objectives.recoveryTime, got PT1H',
    );
  });

  test.each(['', '*', 'drill-', 'ddb-drill', 'ddb-drill-*'])('[X02] the drill prefix %p', (drillTablePrefix) => {
    expect(refusalOf(() => aStack({ drillTablePrefix }))).toMatch(
      /^- drillTablePrefix must be 8 to 64 letters, .*got "/m,
    );
  });

  test('[X02] a drill prefix that only the deployment knows', () => {
    const stack = new Stack(anApp(), 'Shop', { env });
    const table = new Table(stack, 'Orders', { partitionKey: { name: 'id', type: AttributeType.STRING } });

    expect(refusalOf(() => aStack({ drillTablePrefix: `${table.tableName}-` }))).toContain(
      '- drillTablePrefix must be known at synth, got a token',
    );
  });

  test('[X03] a drill prefix that the tables of the stack itself begin with', () => {
    const deploy = (stackName: string) =>
      new BackupStack(anApp(), 'Backups', {
        env,
        stackName,
        plans: { orders: aPlan() },
        drillTablePrefix: 'rehearsal-',
      });

    expect(refusalOf(() => deploy('rehearsal-backups'))).toContain(
      '- drillTablePrefix must not begin the names of the stack\'s own tables, got "rehearsal-" in stack rehearsal-backups',
    );
    expect(() => deploy('backups-rehearsal-')).not.toThrow();
  });

  test('[X03] a plan that covers tables named like those of drills', () => {
    const named = aPlan({ tables: { named: ['ddb-drill-orders'] } });
    const all = (except: string[]) => ({ orders: drilling({}, { tables: { matching: ['*'], except } }) });

    expect(refusalOf(() => aStack({ plans: { named } }))).toContain('names begin with ddb-drill-');
    expect(refusalOf(() => aStack({ plans: all([]) }))).toContain(
      'names begin with ddb-drill-, which drills delete, got *',
    );
    expect(() => aStack({ plans: all(['ddb-drill-*']) })).not.toThrow();
  });

  test('a key or a function of another Region', () => {
    const elsewhere = new Stack(anApp(), 'Elsewhere', { env });
    const encryptionKey = Key.fromKeyArn(elsewhere, 'Key', `arn:aws:kms:us-east-1:${account}:key/0123`);
    const asked = LambdaFunction.fromFunctionArn(
      elsewhere,
      'Check',
      `arn:aws:lambda:us-east-1:999999999999:function:check`,
    );

    const message = refusalOf(() =>
      aStack({ plans: { orders: drilling({ encryptionKey, validate: { function: asked } }) } }),
    );

    expect(message).toContain(
      '- plans.orders.drill.encryptionKey must be a key of region eu-west-1, got one of us-east-1',
    );
    expect(message).toContain(
      '- plans.orders.drill.validate.function must be a function of region eu-west-1, got one of us-east-1',
    );
    expect(message.split('\n')).toHaveLength(3);
  });
});

describe('what the constructs of tables tell, synth compares with the drills', () => {
  function synthesized(
    drill: Partial<DrillProps>,
    more: (table: Table, v2: TableV2) => Partial<EnginePlanProps> = () => ({}),
  ) {
    const app = anApp();
    const shop = new Stack(app, 'Shop', { env });
    const table = new Table(shop, 'Orders', {
      partitionKey: { name: 'id', type: AttributeType.STRING },
      sortKey: { name: 'at', type: AttributeType.NUMBER },
    });
    table.addLocalSecondaryIndex({ indexName: 'by-total', sortKey: { name: 'total', type: AttributeType.NUMBER } });
    const v2 = new TableV2(shop, 'Users', {
      tableName: 'users',
      partitionKey: { name: 'id', type: AttributeType.BINARY },
      globalSecondaryIndexes: [{ indexName: 'by-mail', partitionKey: { name: 'mail', type: AttributeType.STRING } }],
    });
    const tables = { named: [table, v2] };
    const plans = { orders: drilling(drill, { tables, ...more(table, v2) }) };
    const stack = new BackupStack(app, 'Backups', { env, plans });
    // Constructs may gain indexes until the app is complete.
    table.addGlobalSecondaryIndex({ indexName: 'by-user', partitionKey: { name: 'user', type: AttributeType.STRING } });
    return () => Template.fromStack(stack);
  }

  test('an index that no table has is refused, with those there are', () => {
    expect(synthesized({ indexes: ['by-user', 'by-total', 'by-mail'] })).not.toThrow();
    expect(refusalOf(synthesized({ indexes: ['by-user', 'by-usr'] }))).toContain(
      'plans.orders.drill.indexes.1 must be an index of one of the plan\'s tables, which have by-user, by-total, by-mail, got "by-usr"',
    );
  });

  test('an index of tables that have none is refused', () => {
    const app = anApp();
    const table = new Table(new Stack(app, 'Shop', { env }), 'Orders', {
      partitionKey: { name: 'id', type: AttributeType.STRING },
    });
    const plans = { orders: drilling({ indexes: ['by-user'] }, { tables: { named: [table] } }) };
    const stack = new BackupStack(app, 'Backups', { env, plans });

    expect(refusalOf(() => Template.fromStack(stack))).toContain('none of which has any, got "by-user"');
  });

  test.each<[string, (table: Table) => Partial<EnginePlanProps>]>([
    ['a name', (table) => ({ tables: { named: [table, 'logs'] } })],
    ['a pattern', (table) => ({ tables: { named: [table], matching: ['logs-*'] } })],
    ['a tag', (table) => ({ tables: { named: [table], tagged: { backup: 'yes' } } })],
    ['an import', (table) => ({ tables: { named: [table, Table.fromTableName(table.stack, 'Imported', 'logs')] } })],
  ])('an index is not judged where %s may stand for a table that has it', (_, more) => {
    expect(synthesized({ indexes: ['by-anything'] }, more)).not.toThrow();
  });

  test.each([
    [{ id: { S: '7' }, at: { N: '1' } }, undefined],
    [{ id: { S: '7' } }, 'must be the key of Shop/Orders, at (N) and id (S), got id (S)'],
    [{ id: { N: '7' }, at: { N: '1' } }, 'must be the key of Shop/Orders, at (N) and id (S), got at (N) and id (N)'],
    [
      { id: { S: '7' }, date: { N: '1' } },
      'must be the key of Shop/Orders, at (N) and id (S), got date (N) and id (S)',
    ],
  ])('the key %j of a check is compared with that of its table', (given, fault) => {
    const app = anApp();
    const table = new Table(new Stack(app, 'Shop', { env }), 'Orders', {
      partitionKey: { name: 'id', type: AttributeType.STRING },
      sortKey: { name: 'at', type: AttributeType.NUMBER },
    });
    const validate = { checks: [{ table, key: given, expect: {} }] };
    const plans = { orders: drilling({ validate }, { tables: { named: [table] } }) };
    const synth = () => Template.fromStack(new BackupStack(app, 'Backups', { env, plans }));

    if (fault === undefined) expect(synth).not.toThrow();
    else expect(refusalOf(synth)).toContain(`plans.orders.drill.validate.checks.0.key ${fault}`);
  });

  test('a check may name the table of a construct, and one nobody knows is not judged', () => {
    const checks = (table: string) => ({ validate: { checks: [{ table, key, expect: {} }] } });

    expect(refusalOf(synthesized(checks('users')))).toContain(
      'plans.orders.drill.validate.checks.0.key must be the key of Shop/Users, id (B), got id (S)',
    );
    expect(synthesized(checks('logs'), (table) => ({ tables: { named: [table, 'logs'] } }))).not.toThrow();
  });
});

function refusalOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was refused');
}
