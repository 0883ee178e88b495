import type { BackupWish } from '../../domain/restore/choose-backup.ts';
import type { DrillPlan } from '../../domain/plan.ts';
import type { SettingName } from '../../domain/settings.ts';

/** What somebody wants back, and how. */
export interface RestoreWish extends BackupWish, Pick<DrillPlan, 'billing' | 'encryptionKey'> {
  readonly engine: 'dynamodb' | 'aws-backup';
  /** Name of the table that is made. */
  readonly target: string;
  /** Region that it is made in. */
  readonly region: string;
  /** Which settings it is given back. */
  readonly rearm: readonly SettingName[];
  /** How much of it is read at most. */
  readonly sample: { readonly items: number; readonly bytes: number };
  readonly timeoutMilliseconds: number;
  /** Goes on with what was begun before, and begins nothing. */
  readonly isResumed: boolean;
}
