import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { homeIn } from '../../lambda/domain/arn.ts';
import {
  copyPlaceAt,
  copyPlaces,
  copyVaultName,
  planOfCopies,
  settingsBeside,
  type CopyPlace,
} from '../../lambda/domain/copy-destination.ts';
import { copyDrillFaults, drilledCopies, drilledCopyRegions, drilledScopes } from '../../lambda/domain/copy-drills.ts';
import { parsePlan } from '../../lambda/domain/parse-plan.ts';
import { planSchema, type Plan, type PlanInput } from '../../lambda/domain/plan.ts';
import { lifecycleOf } from '../../lambda/domain/recovery-point-lifecycle.ts';
import { formatVaultArn, parseVaultArn } from '../../lambda/domain/vault-arn.ts';
import { textOf } from './arbitrary-text.ts';

type Copies = NonNullable<NonNullable<PlanInput['backup']['awsBackup']>['copies']>;

const owner = 'team0001';
const homeArn = 'arn:aws:lambda:eu-central-1:123456789012:function:follow';
const company = 'arn:aws:backup:eu-north-1:210987654321:backup-vault:company';
const homeKey = 'arn:aws:kms:eu-central-1:123456789012:key/1';
const ours = 'arn:aws:backup:eu-north-1:123456789012:backup-vault:second';

/** A plan of daily backups at three in the morning that are kept for a week, and copied. */
function aPlan(copies: Copies, backup: Partial<PlanInput['backup']> = {}) {
  return planSchema.parse({
    name: 'orders',
    tables: { named: ['orders'] },
    backup: { schedule: 'cron(0 3 * * ? *)', engine: 'aws-backup', awsBackup: { copies }, ...backup },
    keep: { daily: 7 },
  });
}

const keep = { daily: 30, monthly: 12 };

describe('where copies go', () => {
  test('is a vault of the app for a Region alone, and the vault that is named otherwise', () => {
    const plan = aPlan([
      { region: 'eu-west-1', keep },
      { region: 'eu-north-1', vaultArn: ours, keep },
      { region: 'eu-north-1', vaultArn: company, keep },
    ]);

    expect(copyPlaces(plan, { owner, homeArn }).map(({ destination }) => destination)).toEqual([
      {
        vaultArn: 'arn:aws:backup:eu-west-1:123456789012:backup-vault:dynamodb-copies-team0001-eu-central-1',
        vaultName: 'dynamodb-copies-team0001-eu-central-1',
        region: 'eu-west-1',
        isOwnAccount: true,
      },
      { vaultArn: ours, vaultName: 'second', region: 'eu-north-1', isOwnAccount: true },
      { vaultArn: company, vaultName: 'company', region: 'eu-north-1', isOwnAccount: false },
    ]);
  });

  test('is nowhere for a plan of DynamoDB, wherever it lives', () => {
    const plan = planSchema.parse({
      name: 'orders',
      tables: { named: ['orders'] },
      backup: { schedule: 'rate(1 hour)' },
      keep: { daily: 7 },
    });

    expect(copyPlaces(plan, { owner, homeArn: 'nowhere' })).toEqual([]);
  });

  test('has a name that AWS takes for the longest owner and Region there are', () => {
    const name = copyVaultName('abcdefgh12345678', 'ap-northeast-1');

    expect(name.length).toBeLessThanOrEqual(50);
    expect(parseVaultArn(`arn:aws:backup:eu-west-1:123456789012:backup-vault:${name}`)?.vaultName).toBe(name);
  });

  test('is known by the ARN of its vault to whoever is told no more', () => {
    const plan = aPlan([
      { region: 'eu-west-1', keep },
      { region: 'eu-north-1', vaultArn: ours, keep },
    ]);
    const [deployed, named] = copyPlaces(plan, { owner, homeArn });
    const at = (arn: string | undefined) => copyPlaceAt(plan, arn ?? '');

    expect(at(deployed?.destination.vaultArn)).toEqual(deployed);
    expect(at(ours)).toEqual(named);
    expect(at(company)).toBeUndefined();
    expect(at('arn:aws:backup:eu-west-1:123456789012:backup-vault:another')).toBeUndefined();
    expect(at('nothing')).toBeUndefined();
  });

  test('has a table of settings beside it where the deployment has the vault itself, whatever others call theirs', () => {
    const [{ destination }] = copyPlaces(aPlan([{ region: 'eu-west-1', keep }]), { owner, homeArn }) as [CopyPlace];
    const beside = (arn: string) => settingsBeside(arn, { owner, homeArn });

    expect(beside(destination.vaultArn)).toEqual({ region: 'eu-west-1', tableName: destination.vaultName });
    expect(beside(destination.vaultArn.replace('123456789012', '210987654321'))).toBeUndefined();
    expect(beside(destination.vaultArn.replace(owner, 'team0002'))).toBeUndefined();
    expect(beside(ours)).toBeUndefined();
    expect(beside('nothing')).toBeUndefined();
  });

  test('cannot be told by an ARN that names no account and Region', () => {
    expect(homeIn('arn:aws-cn:lambda:cn-north-1:123456789012:function:follow')).toEqual({
      partition: 'aws-cn',
      region: 'cn-north-1',
      account: '123456789012',
    });
    for (const arn of ['arn:aws:iam::123456789012:role/x', 'arn:aws:s3:::bucket', 'arn:aws:lambda:cn-north-1:1', ''])
      expect(() => homeIn(arn)).toThrow(/an ARN with Region and account was expected/);
  });
});

describe('what stays of copies', () => {
  const rule = { region: 'eu-west-1', keep: { daily: 30, monthly: 12 }, coldAfterDays: 40 };
  const plan = aPlan([rule, { region: 'eu-north-1', keep: { daily: 5 } }], {
    awsBackup: { coldAfterDays: undefined, deleteAfterDays: 400, copies: [rule] },
  });

  test('is for the rules of the place: nothing of what the plan says of its own vault holds there', () => {
    const copies = planOfCopies(plan, rule);

    expect(parsePlan(copies).ok).toBe(true);
    expect(copies.keep).toEqual(rule.keep);
    expect(lifecycleOf(copies, new Date('2026-11-30T03:00:00Z'), undefined)).toEqual({ coldAfterDays: 40 });
    expect(lifecycleOf(copies, new Date('2026-11-20T03:00:00Z'), undefined)).toEqual({});
  });

  test('is told at once where nobody can delete it: as long as the longest rule that the slot is the last of', () => {
    const copies = planOfCopies(plan, rule);
    const daysOf = (slot: string) => lifecycleOf(copies, new Date(slot), {}).deleteAfterDays;

    // Gaps are up to 25 hours, for a job may wait an hour.
    expect(daysOf('2026-11-20T03:00:00Z')).toBe(32);
    expect(daysOf('2026-11-30T03:00:00Z')).toBe(12 * 31);
  });
});

describe('copies that are drilled', () => {
  const drill = { schedule: 'cron(0 5 * * ? *)', rearm: ['tags', 'alarms'], encryptionKey: homeKey } as const;
  const drilling = (copies: Copies, more: Partial<NonNullable<PlanInput['drill']>> = {}) =>
    planSchema.parse({ ...aPlan(copies), drill: { ...drill, ...more } });
  const source = { owner, homeArn };
  const away = { region: 'eu-west-1', keep, drill: true };

  test('are those of the own account that the plan says so of, each by the rules of its place', () => {
    const plan = drilling([
      away,
      { region: 'eu-north-1', vaultArn: ours, keep },
      { region: 'eu-north-1', vaultArn: company, keep, drill: true },
    ]);

    const drilled = drilledCopies(plan, source);

    expect(drilled.map(({ place }) => place.destination.region)).toEqual(['eu-west-1']);
    expect(drilled[0]?.plan).toMatchObject({ name: 'orders', keep: { daily: 30, monthly: 12 } });
    expect(drilledScopes(plan, copyPlaces(plan, source))).toEqual([
      'orders>arn:aws:backup:eu-west-1:123456789012:backup-vault:dynamodb-copies-team0001-eu-central-1',
    ]);
    expect(drilledCopyRegions(plan)).toEqual(['eu-west-1', 'eu-north-1']);
  });

  test('are none of a plan without drills', () => {
    const plan = aPlan([away]);

    expect(drilledCopies(plan, source)).toEqual([]);
    expect(drilledScopes(plan, copyPlaces(plan, source))).toEqual([]);
    expect(drilledCopyRegions(plan)).toEqual([]);
  });

  const awayKey = 'arn:aws:kms:eu-west-1:123456789012:key/1';
  test.each([
    [homeKey, 'aws-managed'],
    [awayKey, awayKey],
    ['aws-owned', 'aws-owned'],
    [undefined, 'aws-managed'],
  ] as const)('are encrypted with a key of their Region: for %s with %s', (encryptionKey, expected) => {
    const [drilled] = drilledCopies(drilling([away], { encryptionKey }), source);

    expect(drilled?.plan.drill).toMatchObject({ region: 'eu-west-1', encryptionKey: expected, rearm: ['tags'] });
  });

  test.each([
    ['random', 'random'],
    ['point-in-time', 'latest'],
  ] as const)('restore what a copy can be: for %s the %s', (backup, expected) => {
    const restoreTo = backup === 'point-in-time' ? { before: 'PT1H' } : undefined;
    const [drilled] = drilledCopies(drilling([away], { backup, restoreTo }), source);

    expect(drilled?.plan.drill.backup).toBe(expected);
    expect(drilled?.plan.drill.restoreTo).toBeUndefined();
  });

  test('are of a plan with drills, and of one place of each Region', () => {
    const second = { region: 'eu-west-1', vaultArn: 'arn:aws:backup:eu-west-1:123456789012:backup-vault:two', keep };
    const messagesOf = (plan: Plan) => copyDrillFaults(plan).map(({ message }) => message);

    expect(messagesOf(drilling([away, second]))).toEqual([]);
    expect(messagesOf(drilling([away, { ...second, drill: true }]))).toEqual([
      'plans.orders.backup.awsBackup.copies.1.drill must be left out, for the copies of copies.0 are drilled in the same Region, got true',
    ]);
    expect(messagesOf(aPlan([away]))).toEqual([
      'plans.orders.backup.awsBackup.copies.0.drill must be left out unless the plan itself has a drill, got true',
    ]);
  });

  test('have a plan that a drill can be ordered with', () => {
    const [drilled] = drilledCopies(drilling([away]), source);

    expect(parsePlan(JSON.parse(JSON.stringify(drilled?.plan)))).toEqual({ ok: true, plan: drilled?.plan });
  });
});

describe('the ARN of a vault', () => {
  const place = fc.constantFrom(
    { partition: 'aws', region: 'eu-central-1' },
    { partition: 'aws-cn', region: 'cn-north-1' },
    { partition: 'aws-us-gov', region: 'us-gov-west-1' },
  );
  const account = textOf('0123456789', { minLength: 12, maxLength: 12 });
  const vaultName = textOf('abcXYZ019_-', { minLength: 2, maxLength: 50 });

  test('is read as it is written, in every partition', () => {
    fc.assert(
      fc.property(place, account, vaultName, (where, inAccount, name) => {
        const vault = { ...where, account: inAccount, vaultName: name };

        expect(parseVaultArn(formatVaultArn(vault))).toEqual(vault);
      }),
    );
  });

  test.each([
    'arn:aws:backup:cn-north-1:123456789012:backup-vault:copies',
    'arn:aws:backup:eu-west-1:123456789012:backup-vault:a vault',
    'arn:aws:backup:eu-west-1:123456789012:recovery-point:copies',
    'arn:aws:backup:eu-west-1::backup-vault:copies',
    `${company}\n`,
    'x'.repeat(10_000),
  ])('is nothing else: %s', (text) => {
    expect(parseVaultArn(text)).toBeUndefined();
  });
});

describe('a copy is refused at', () => {
  const faultsOf = (copies: unknown) => {
    const read = parsePlan({
      name: 'orders',
      tables: { named: ['orders'] },
      backup: { schedule: 'rate(1 day)', engine: 'aws-backup', awsBackup: { copies } },
      keep: { daily: 7 },
    });
    return read.ok ? [] : read.faults.map(({ message }) => message.replace('backup.awsBackup.', ''));
  };

  test.each<[string, unknown, string]>([
    [
      'its Region when its vault is in another',
      [{ region: 'eu-west-1', vaultArn: ours, keep }],
      'copies.0.region must be eu-north-1, the Region of vaultArn, got "eu-west-1"',
    ],
    [
      'its account when its vault is in another',
      [{ region: 'eu-north-1', account: '111122223333', vaultArn: ours, keep }],
      'copies.0.account must be 123456789012, the account of vaultArn, got "111122223333"',
    ],
    [
      'its account when no vault is named there',
      [{ region: 'eu-west-1', account: '111122223333', keep }],
      'copies.0.account must be left out unless vaultArn is given, for vaults are deployed to the own account only, got "111122223333"',
    ],
    [
      'the second of two for one Region',
      [
        { region: 'eu-west-1', keep },
        { region: 'eu-west-1', keep },
      ],
      'copies.1.region must be another vault than that of copies.0, got "eu-west-1"',
    ],
    [
      'the second of two for one vault',
      [
        { region: 'eu-north-1', vaultArn: ours, keep },
        { region: 'eu-north-1', vaultArn: ours, keep },
      ],
      `copies.1.vaultArn must be another vault than that of copies.0, got "${ours}"`,
    ],
    [
      'a vault that is none',
      [{ region: 'eu-west-1', vaultArn: 'company', keep }],
      'copies.0.vaultArn must be the ARN of a vault such as arn:aws:backup:eu-west-1:111122223333:backup-vault:copies, got "company"',
    ],
    ['what is no list', 'eu-west-1', 'copies must be an array of at most 10 copies, got "eu-west-1"'],
  ])('%s', (_, copies, message) => {
    expect(faultsOf(copies)).toEqual([message]);
  });

  test('the eleventh', () => {
    const copies = Array.from({ length: 11 }, (_, nth) => ({ region: 'eu-north-1', vaultArn: `${ours}${nth}`, keep }));

    expect(faultsOf(copies)).toEqual([expect.stringContaining('copies must be an array of at most 10 copies')]);
    expect(faultsOf(copies.slice(1))).toEqual([]);
  });
});
