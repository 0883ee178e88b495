import { describe, expect, test } from '@jest/globals';
import type { Backup } from '../../../lambda/domain/backup.ts';
import { formatBackupName } from '../../../lambda/domain/naming.ts';
import { chooseBackupToRestore, type BackupWish } from '../../../lambda/domain/restore/choose-backup.ts';

const now = new Date('2026-11-20T12:00:00Z');
const wish: BackupWish = { table: 'orders', owner: 'ab12cd34', isAnyWelcome: false };

interface Parts extends Partial<Omit<Backup, 'createdAt'>> {
  readonly at: string;
  readonly plan?: string;
  readonly owner?: string;
}

/** A backup of the table `orders`, taken by a plan at an hour of the 20th of November unless it has a name. */
function backupAt({ at, plan = 'orders', owner = 'ab12cd34', tableId = 'id-1', ...parts }: Parts): Backup {
  const slot = new Date(`2026-11-20T${at}:00Z`);
  const name = formatBackupName({ prefix: 'ddbs', owner, plan, slot, tableId });
  const usual = { arn: `arn-${at}`, tableName: 'orders', status: 'AVAILABLE', type: 'USER', sizeBytes: 1 };
  return { ...usual, name, tableId, createdAt: slot, ...parts };
}

function chooseFrom(listed: readonly Backup[], parts: Partial<BackupWish> = {}) {
  const { chosen, ...rest } = chooseBackupToRestore(listed, { ...wish, ...parts }, now);
  return { arn: chosen?.backup.arn, whose: chosen?.whose, ...rest };
}

describe('what is restored for real', () => {
  test('is the newest restorable backup that bears the seal of the deployment', () => {
    const listed = [
      backupAt({ at: '03:00' }),
      backupAt({ at: '05:00' }),
      backupAt({ at: '04:00' }),
      backupAt({ at: '06:00', status: 'CREATING' }),
      backupAt({ at: '07:00', tableName: 'orders-archive' }),
      backupAt({ at: '13:00' }),
    ];

    expect(chooseFrom(listed)).toEqual({ arn: 'arn-05:00', whose: 'taken by the plan orders', warnings: [] });
  });

  test('is the newest that was taken no later, where an instant is given', () => {
    const listed = ['03:00', '04:00', '05:00'].map((at) => backupAt({ at }));

    expect(chooseFrom(listed, { before: new Date('2026-11-20T04:00:00Z') }).arn).toBe('arn-04:00');
    expect(chooseFrom(listed, { before: new Date('2026-11-20T02:00:00Z') })).toMatchObject({
      arn: undefined,
      reason: 'none was taken by 2026-11-20T02:00:00.000Z: the oldest is of 2026-11-20T03:00:00.000Z',
    });
  });

  test('is of one plan alone, where one is named', () => {
    const listed = [backupAt({ at: '03:00', plan: 'nightly' }), backupAt({ at: '04:00' })];

    expect(chooseFrom(listed, { plan: 'nightly' })).toMatchObject({
      arn: 'arn-03:00',
      warnings: [expect.stringContaining('a newer one is there: arn-04:00')],
    });
  });

  test.each([
    ['made by hand', { name: 'by-hand' }, 'made by somebody else, for it bears no seal'],
    [
      'with a seal that does not fit',
      { name: backupAt({ at: '05:00', tableId: 'id-9' }).name },
      'made by somebody else, for it bears no seal',
    ],
    ['of another deployment', { owner: 'zz99zz99' }, 'taken by the plan orders of the deployment zz99zz99'],
    ['of a deleted table', { type: 'SYSTEM', name: 'orders$Deleted' }, 'made by DynamoDB when the table was deleted'],
  ])('a newer backup %s is named, and restored only where any is welcome', (_, parts, whose) => {
    const listed = [backupAt({ at: '03:00' }), backupAt({ at: '05:00', ...parts })];

    const trusted = chooseFrom(listed);
    const any = chooseFrom(listed, { isAnyWelcome: true });

    expect(trusted.arn).toBe('arn-03:00');
    expect(trusted.warnings).toEqual([`a newer one is there: arn-05:00 of 2026-11-20T05:00:00.000Z, ${whose}`]);
    expect(any).toEqual({ arn: 'arn-05:00', whose, warnings: [] });
  });

  test.each(['AWS_BACKUP', 'CONTINUOUS', 'NEW'])('a backup of the type %s is never restored here', (type) => {
    expect(chooseFrom([backupAt({ at: '03:00', type })], { isAnyWelcome: true })).toMatchObject({
      arn: undefined,
      reason: 'none of the 1 backups listed is of orders and can be restored',
    });
  });

  test('is the one that is named by its ARN, whoever made it', () => {
    const listed = [backupAt({ at: '03:00', name: 'by-hand' }), backupAt({ at: '05:00' })];

    expect(chooseFrom(listed, { arn: 'arn-03:00' })).toMatchObject({
      arn: 'arn-03:00',
      whose: 'made by somebody else, for it bears no seal',
    });
  });

  test('[X31] is of the newest incarnation of a table that was made anew, and that is said; another can be asked for', () => {
    const listed = [backupAt({ at: '03:00', tableId: 'id-1' }), backupAt({ at: '05:00', tableId: 'id-2' })];

    const newest = chooseFrom(listed);
    const first = chooseFrom(listed, { tableId: 'id-1' });
    const none = chooseFrom(listed, { tableId: 'id-3' });

    expect(newest).toMatchObject({
      arn: 'arn-05:00',
      warnings: ['the table was made anew: this is a backup of the table id id-2, there are others of id-1'],
    });
    expect(first).toMatchObject({ arn: 'arn-03:00', warnings: [] });
    expect(none).toMatchObject({ arn: undefined, reason: 'none is of that table id' });
  });

  test('is nothing where there is nothing, and why is said', () => {
    expect(chooseFrom([]).reason).toBe('there is no backup of orders');
    expect(chooseFrom([backupAt({ at: '03:00', name: 'by-hand' })]).reason).toBe(
      'none of 1 is of the deployment ab12cd34, or of the plan: arn-03:00 of 2026-11-20T03:00:00.000Z, ' +
        'made by somebody else, for it bears no seal is the newest of others',
    );
  });
});
