import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { SandboxAccount } from '../../../sandbox/account.ts';
import { aDrillPlan, drillTablePrefix } from './drill-world.ts';
import { aDrillingAccount, resultsOf, startDrills, tablesOf } from './drilling-account.ts';

const dayMs = 24 * 3_600_000;
const functionArn = (name: string): string => `arn:aws:lambda:eu-central-1:123456789012:function:${name}`;

/** What an operator's function may come to, by its name. */
const functions: Readonly<Record<string, string>> = {
  passes: `async (question) => { console.log(JSON.stringify(question)); return { passed: true }; }`,
  refuses: `async () => ({ passed: false, message: 'order 7 has no customer' })`,
  throws: `async () => { throw new Error('no such shop'); }`,
  babbles: `async () => ({ passed: 'yes' })`,
  'says-nothing': `async () => undefined`,
  dawdles: `() => new Promise((done) => { setTimeout(() => { done({ passed: true }); }, 300_000); })`,
  forbidden: `async () => ({ passed: true })`,
};

describe("an operator's validation function", () => {
  let account: SandboxAccount;
  let day = 20;

  beforeAll(async () => {
    account = await aDrillingAccount(true, {
      statements: [
        { Effect: 'Allow', Action: '*', Resource: '*' },
        { Effect: 'Deny', Action: 'lambda:InvokeFunction', Resource: functionArn('forbidden') },
      ],
    });
    for (const [name, code] of Object.entries(functions))
      account.loadFunction({ name, code: `exports.handler = ${code};` });
  });

  afterEach(() => {
    expect(tablesOf(account)).toEqual(['orders']);
  });

  async function drillWith(name: string) {
    const plan = aDrillPlan({ validate: { function: functionArn(name), functionTimeoutSeconds: 60 } });
    const slot = `2026-11-${day++}T05:00:00Z`;
    await startDrills(account, plan, slot);
    await account.runFor(dayMs);
    return (await resultsOf(account)).find((result) => result.slot === slot.replace('Z', '.000Z'));
  }

  test('that passes the table is told which table, and the drill passes', async () => {
    const result = await drillWith('passes');

    expect(result).toMatchObject({ outcome: 'passed', cleanUp: 'deleted' });
    const [line] = account.logs.of('passes');
    expect(JSON.parse(line?.text.slice(line.text.indexOf('{')) ?? '')).toEqual({
      table: result?.targetName,
      sourceTable: 'orders',
      plan: 'orders',
      source: result?.source?.arn,
    });
    expect(result?.targetName.startsWith(drillTablePrefix)).toBe(true);
  });

  test.each([
    ['refuses', 'not-as-backed-up', 'did not pass it: order 7 has no customer'],
    ['throws', 'invalid', 'the function failed: .*no such shop'],
    ['babbles', 'invalid', 'must answer .* got \\{"passed":"yes"\\}'],
    ['says-nothing', 'invalid', 'must answer .* got'],
    ['dawdles', 'no-answer', 'TimeoutError'],
    ['forbidden', 'access-denied', 'not authorized to perform: lambda:InvokeFunction'],
    ['is-missing', 'missing', 'Function not found'],
  ])('that %s fails the drill as %s, says why, and keeps no table', async (name, kind, message) => {
    const result = await drillWith(name);

    expect(result).toMatchObject({ outcome: 'failed', cleanUp: 'deleted', failure: { phase: 'validate', kind } });
    expect(result?.failure?.message).toMatch(new RegExp(message));
  });
});
