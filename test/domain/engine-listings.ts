import fc from 'fast-check';
import type { KeptByAws } from '../../lambda/domain/backup.ts';
import type { Engine } from '../../lambda/domain/plan.ts';
import { often } from './arbitrary-choice.ts';

/** What the listing of an engine may show. */
export interface EngineListing {
  /** Of a backup that a plan takes. */
  readonly type: string;
  /** Of one that nobody may delete, whoever's name it carries. */
  readonly strangeType: string;
  readonly types: fc.Arbitrary<string>;
  readonly statuses: fc.Arbitrary<string>;
  readonly kept: fc.Arbitrary<Kept | undefined>;
  readonly arnOf: (tableName: string, serial: string) => string;
}

/** What AWS keeps a recovery point by, with times in milliseconds from now. */
export interface Kept {
  readonly lockedUntil?: number | 'for-good';
  readonly isOnLegalHold?: true;
  readonly coldFrom?: number;
}

const day = 24 * 3_600_000;
const statuses = ['CREATING', 'DELETED', 'ACTIVE', 'available', ''];

const locked = fc.record({ lockedUntil: fc.constantFrom('for-good' as const, -day, 400 * day) });
const onLegalHold = fc.constant({ isOnLegalHold: true as const });
/** On both sides of the first instant of cold storage, and of its 90 days. */
const cold = fc.record({ coldFrom: fc.constantFrom(day, 1, 0, 1 - 90 * day, -90 * day) });
const allTogether = fc
  .tuple(locked, onLegalHold, cold)
  .map(([lock, hold, storage]) => ({ ...lock, ...hold, ...storage }));

export const engines: readonly Engine[] = ['dynamodb', 'aws-backup'];

export const engineListings: Readonly<Record<Engine, EngineListing>> = {
  dynamodb: {
    type: 'USER',
    strangeType: 'SYSTEM',
    types: often('USER', 10, 'SYSTEM', 'AWS_BACKUP', 'user', ''),
    statuses: often('AVAILABLE', 7, ...statuses),
    kept: fc.constant(undefined),
    arnOf: (tableName, serial) => `arn:aws:dynamodb:eu-central-1:123456789012:table/${tableName}/backup/${serial}`,
  },
  'aws-backup': {
    type: 'RECOVERY_POINT',
    strangeType: 'CONTINUOUS',
    types: often('RECOVERY_POINT', 10, 'CONTINUOUS', 'recovery_point', ''),
    statuses: often('AVAILABLE', 7, 'EXPIRED', 'PARTIAL', ...statuses),
    kept: fc.oneof(
      { weight: 6, arbitrary: fc.constant(undefined) },
      { weight: 2, arbitrary: cold },
      ...[locked, onLegalHold, allTogether].map((arbitrary) => ({ weight: 1, arbitrary })),
    ),
    arnOf: (_tableName, serial) => `arn:aws:backup:eu-central-1:123456789012:recovery-point:${serial}`,
  },
};

/** The same in instants, as a listing shows it. */
export function keptByAws({ lockedUntil, isOnLegalHold, coldFrom }: Kept, now: number): KeptByAws {
  return {
    ...(lockedUntil !== undefined && {
      lockedUntil: lockedUntil === 'for-good' ? lockedUntil : new Date(now + lockedUntil),
    }),
    ...(isOnLegalHold && { isOnLegalHold }),
    ...(coldFrom !== undefined && { coldFrom: new Date(now + coldFrom) }),
  };
}
