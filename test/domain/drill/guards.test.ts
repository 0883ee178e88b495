import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatDrillTableName } from '../../../lambda/domain/drill/drill-table-name.ts';
import {
  type DeletionScope,
  type DrillIntent,
  type TableFacts,
  whyNotToDelete,
} from '../../../lambda/domain/drill/guards.ts';

interface Case {
  readonly facts: TableFacts;
  readonly intent: DrillIntent;
  readonly scope: DeletionScope;
  readonly now: Date;
}

const hour = 3_600_000;
const hexadecimal = fc.stringMatching(/^[0-9a-f]{8}$/);

/** Drill tables about which nothing is in doubt: seen by their own drill or by the sweep, with and without what may be missing. */
const sound: fc.Arbitrary<Case> = fc
  .record({
    owner: fc.stringMatching(/^[a-z0-9]{4,16}$/),
    drillTablePrefix: fc.constantFrom('ddb-drill-', 'Rehearsals_', 'x.y.z.restored.'),
    plan: fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/),
    table: fc.stringMatching(/^[a-zA-Z0-9_.-]{3,40}$/),
    recorded: fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2030, 0) }),
    createdAfter: fc.integer({ min: 0, max: 60_000 }),
    seenAfter: fc.integer({ min: 24 * hour + 1, max: 240 * hour }),
    tableId: fc.uuid(),
    backup: hexadecimal,
    region: fc.constantFrom(undefined, 'eu-west-1', 'us-east-1'),
    copiesIn: fc.constantFrom(undefined, 'arn:aws:backup:eu-west-1:111122223333:backup-vault:copies'),
    isIdRecorded: fc.boolean(),
    isOriginShown: fc.boolean(),
    isSweep: fc.boolean(),
    status: fc.constantFrom('ACTIVE', 'INACCESSIBLE_ENCRYPTION_CREDENTIALS', 'ARCHIVED'),
  })
  .map((given) => {
    const { owner, drillTablePrefix, plan, table, recorded, tableId } = given;
    const slot = new Date(recorded - 5_000);
    const homeRegion = given.region && 'eu-central-1';
    const { copiesIn } = given;
    const name = formatDrillTableName({ drillTablePrefix, owner, homeRegion, plan, table, slot, copiesIn });
    const sourceArn = `arn:aws:dynamodb:eu-central-1:111122223333:table/${table}/backup/${given.backup}`;
    return {
      facts: {
        name,
        arn: `arn:aws:dynamodb:${given.region ?? 'eu-central-1'}:111122223333:table/${name}`,
        tableId,
        createdAt: new Date(recorded + given.createdAfter),
        status: given.status,
        deletionProtection: false,
        ...(given.isOriginShown && { restoredFrom: sourceArn }),
      },
      intent: {
        targetName: name,
        plan,
        table,
        slot,
        copiesIn,
        sourceArn,
        region: given.region,
        recordedAt: new Date(recorded),
        ...(given.isIdRecorded && { targetTableId: tableId }),
      },
      scope: {
        drillTablePrefix,
        owner,
        homeRegion,
        plans: [
          { name: plan, tables: { named: [table, 'orders'], matching: ['prod-*'] } },
          { name: 'by-tag', tables: { tagged: { backup: 'yes' } } },
          { name: 'all', tables: { matching: ['*'], except: [`${drillTablePrefix}*`] } },
        ],
        ...(given.isSweep && { sweep: { execution: 'ended' as const, longestDrillSeconds: (24 * hour) / 1000 } }),
      },
      now: new Date(recorded + given.seenAfter),
    };
  });

function answerTo({ facts, intent, scope, now }: Case) {
  return whyNotToDelete(facts, intent, scope, now);
}

/** One thing at a time that is not as it should be, and the code of the reason it must give. */
const violations: readonly { row: string; rule: string; code: string; violate: (given: Case) => Case }[] = [
  {
    row: 'X01',
    rule: 'the ledger meant another name',
    code: 'other-intent',
    violate: (given) => ({ ...given, intent: { ...given.intent, targetName: `${given.facts.name}0` } }),
  },
  {
    row: 'X01',
    rule: 'plan, table and slot of the intent make another name',
    code: 'other-intent',
    violate: (given) => ({ ...given, intent: { ...given.intent, table: `${given.intent.table}2` } }),
  },
  {
    row: 'X01',
    rule: 'the intent is about a copy in another vault, or about none',
    code: 'other-intent',
    violate: (given) => ({ ...given, intent: { ...given.intent, copiesIn: `${given.intent.copiesIn ?? ''}2` } }),
  },
  {
    row: 'X01',
    rule: 'the intent has no slot anybody can read',
    code: 'other-intent',
    violate: (given) => ({ ...given, intent: { ...given.intent, slot: new Date(NaN) } }),
  },
  {
    row: 'X01',
    rule: 'it was there before the intent was recorded',
    code: 'not-created-by-drill',
    violate: (given) => ({
      ...given,
      facts: { ...given.facts, createdAt: new Date(given.intent.recordedAt.getTime() - 1) },
    }),
  },
  {
    row: 'X01',
    rule: 'nobody knows when it was created',
    code: 'not-created-by-drill',
    violate: (given) => ({ ...given, facts: { ...given.facts, createdAt: undefined } }),
  },
  {
    row: 'X01',
    rule: 'it was created later than now',
    code: 'not-created-by-drill',
    violate: (given) => ({ ...given, facts: { ...given.facts, createdAt: new Date(given.now.getTime() + 1) } }),
  },
  {
    row: 'X01',
    rule: 'it is another incarnation than the restore answered with',
    code: 'other-table-id',
    violate: (given) => ({ ...given, intent: { ...given.intent, targetTableId: 'another' } }),
  },
  {
    row: 'X01',
    rule: 'it was restored from something else',
    code: 'other-origin',
    violate: (given) => ({ ...given, facts: { ...given.facts, restoredFrom: `${given.intent.sourceArn}0` } }),
  },
  {
    row: 'X01',
    rule: 'it is in another Region than the intent names',
    code: 'other-region',
    violate: (given) => withArn(given, given.facts.arn.replace(/:dynamodb:[^:]+:/, ':dynamodb:ap-south-1:')),
  },
  {
    row: 'X01',
    rule: 'nobody knows in which Region it is',
    code: 'other-region',
    violate: (given) => withArn(given, ''),
  },
  {
    row: 'X01',
    rule: 'nobody knows in which Region it was meant to be',
    code: 'other-region',
    violate: (given) => ({
      ...given,
      intent: { ...given.intent, sourceArn: 'lost', region: undefined },
      facts: { ...given.facts, restoredFrom: 'lost' },
    }),
  },
  {
    row: 'X03',
    rule: 'a plan names it',
    code: 'covered',
    violate: (given) => withPlan(given, { named: [given.facts.name] }),
  },
  {
    row: 'X03',
    rule: 'a pattern of a plan fits it',
    code: 'covered',
    violate: (given) => withPlan(given, { matching: [`${given.scope.drillTablePrefix.slice(0, 3)}*`] }),
  },
  {
    row: 'X01',
    rule: 'its deletion protection is on',
    code: 'deletion-protected',
    violate: (given) => ({ ...given, facts: { ...given.facts, deletionProtection: true } }),
  },
  {
    row: 'X01',
    rule: 'its status is one nobody knows',
    code: 'unknown-status',
    violate: (given) => ({ ...given, facts: { ...given.facts, status: 'REPLICATION_NOT_AUTHORIZED' } }),
  },
  {
    row: 'X07',
    rule: 'its drill still runs',
    code: 'drill-running',
    violate: (given) => swept(given, { execution: 'running' }),
  },
  {
    row: 'X07',
    rule: 'nobody could tell whether its drill still runs',
    code: 'drill-unknown',
    violate: (given) => swept(given, { execution: 'unknown' }),
  },
  {
    row: 'X07',
    rule: 'Lambda knows nothing of its drill, and the longest drill could still need it',
    code: 'too-young',
    violate: (given) => swept(given, { execution: 'forgotten', longestDrillSeconds: ageSeconds(given) }),
  },
];

function withArn(given: Case, arn: string): Case {
  return { ...given, facts: { ...given.facts, arn } };
}

function withPlan(given: Case, tables: DeletionScope['plans'][number]['tables']): Case {
  return { ...given, scope: { ...given.scope, plans: [...given.scope.plans, { name: 'more', tables }] } };
}

function swept(given: Case, sweep: Partial<NonNullable<DeletionScope['sweep']>>): Case {
  const ended = { execution: 'ended' as const, longestDrillSeconds: 3600 };
  return { ...given, scope: { ...given.scope, sweep: { ...ended, ...sweep } } };
}

function ageSeconds({ now, intent }: Case): number {
  return (now.getTime() - intent.recordedAt.getTime()) / 1000;
}

describe('a drill table', () => {
  test('about which nothing is in doubt is deleted', () => {
    fc.assert(
      fc.property(sound, (given) => {
        expect(answerTo(given)).toEqual({ verdict: 'delete', reasons: [] });
      }),
    );
  });

  test.each(violations.filter(({ row }) => row === 'X01'))('[X01] is left alone when $rule', ({ code, violate }) => {
    refusesEach(code, violate);
  });

  test.each(violations.filter(({ row }) => row === 'X03'))('[X03] is left alone when $rule', ({ code, violate }) => {
    refusesEach(code, violate);
  });

  test.each(violations.filter(({ row }) => row === 'X07'))(
    '[X07] is left alone by the sweep when $rule',
    ({ code, violate }) => {
      refusesEach(code, violate);
    },
  );

  test('is deleted by the sweep however young it is when its drill has ended, and when it is older than the longest drill', () => {
    fc.assert(
      fc.property(sound, (given) => {
        const longestDrillSeconds = ageSeconds(given);
        const ended = swept(given, { execution: 'ended', longestDrillSeconds });
        const forgotten = swept(given, { execution: 'forgotten', longestDrillSeconds: longestDrillSeconds - 1 });

        expect([answerTo(ended).verdict, answerTo(forgotten).verdict]).toEqual(['delete', 'delete']);
      }),
    );
  });

  test('[X08] is left alone when the ledger knows no drill that meant to make it: it may be a restore of somebody', () => {
    fc.assert(
      fc.property(sound, ({ facts, scope, now }) => {
        expect(codesOf(whyNotToDelete(facts, undefined, scope, now))).toEqual(['no-intent']);
        expect(codesOf(whyNotToDelete({ ...facts, name: 'orders' }, undefined, scope, now))).toEqual([
          'not-a-drill-table',
          'no-intent',
        ]);
      }),
    );
  });

  test('[X01] is left alone when several things are wrong, and each is said', () => {
    fc.assert(
      fc.property(sound, fc.subarray([...violations], { minLength: 1 }), (given, some) => {
        const { verdict, reasons } = answerTo(some.reduce((changed, { violate }) => violate(changed), given));

        expect(verdict).toBe('refuse');
        expect(new Set(reasons.map(({ code }) => code)).size).toBe(reasons.length);
      }),
    );
  });

  function refusesEach(code: string, violate: (given: Case) => Case): void {
    fc.assert(
      fc.property(sound, (given) => {
        const answer = answerTo(violate(given));

        expect(answer.verdict).toBe('refuse');
        expect(codesOf(answer)).toEqual([code]);
        expect(answer.reasons[0]?.detail).toMatch(/^[a-z].*[^.]$/);
      }),
    );
  }

  test.each(['CREATING', 'UPDATING', 'ARCHIVING'])('[X09] that is %s must be waited for', (status) => {
    fc.assert(
      fc.property(sound, ({ facts, ...rest }) => {
        expect(answerTo({ ...rest, facts: { ...facts, status } })).toMatchObject({
          verdict: 'wait',
          reasons: [{ code: 'not-yet-deletable' }],
        });
      }),
    );
  });

  test('[X09] that is being deleted already is done', () => {
    fc.assert(
      fc.property(sound, ({ facts, ...rest }) => {
        expect(answerTo({ ...rest, facts: { ...facts, status: 'DELETING' } })).toMatchObject({
          verdict: 'done',
          reasons: [{ code: 'deleting' }],
        });
      }),
    );
  });
});

describe('any other table', () => {
  const anyName = fc.oneof(
    fc.stringMatching(/^[a-zA-Z0-9_.-]{3,60}$/),
    fc.constantFrom('orders', 'ddb-drill-orders', ''),
  );

  test('[X01] is never deleted, even when the ledger has an intent for its very name', () => {
    fc.assert(
      fc.property(sound, anyName, ({ facts, intent, ...rest }, name) => {
        fc.pre(name !== facts.name);

        const answer = answerTo({ ...rest, facts: { ...facts, name }, intent: { ...intent, targetName: name } });

        expect(answer.verdict).toBe('refuse');
        expect(codesOf(answer)).toContain('other-intent');
      }),
    );
  });

  test('[X02] is never deleted by a prefix or an owner that is out of its grammar', () => {
    const scopes = fc.constantFrom(
      { drillTablePrefix: '' },
      { drillTablePrefix: '*' },
      { drillTablePrefix: 'drill-' },
      { owner: '' },
    );
    fc.assert(
      fc.property(sound, scopes, ({ scope, ...rest }, broken) => {
        const answer = answerTo({ ...rest, scope: { ...scope, ...broken } });

        expect(answer.verdict).toBe('refuse');
        expect(codesOf(answer)).toEqual(expect.arrayContaining(['not-a-drill-table', 'other-intent']));
      }),
    );
  });

  test('[X01] of a deployment with the same owner in another Region is left alone, in whichever Region it is', () => {
    fc.assert(
      fc.property(sound, ({ facts, scope, ...rest }) => {
        const homeRegion = scope.homeRegion === undefined ? 'eu-central-1' : undefined;
        const answers = [homeRegion, 'sa-east-1'].map((from) =>
          answerTo({ ...rest, facts, scope: { ...scope, homeRegion: from } }),
        );

        for (const answer of answers) {
          expect(answer.verdict).toBe('refuse');
          expect(codesOf(answer)).toEqual(['not-a-drill-table', 'other-intent']);
        }
      }),
    );
  });

  test('[X08] that the operator restored by hand is not a drill table by its name', () => {
    fc.assert(
      fc.property(sound, ({ facts, ...rest }) => {
        const answer = answerTo({ ...rest, facts: { ...facts, name: 'orders-restored' } });

        expect(codesOf(answer)).toEqual(expect.arrayContaining(['not-a-drill-table', 'other-intent']));
      }),
    );
  });
});

function codesOf({ reasons }: ReturnType<typeof whyNotToDelete>): string[] {
  return reasons.map(({ code }) => code);
}
