import type { Duration } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';

/** Where the recovery points of plans with engine `aws-backup` go. */
export interface VaultProps {
  /**
   * The name of a vault of your own, of the deployment's account and Region, 2 to 50 letters, digits, `-` and `_`. Its key and its access
   * policy stay yours; if it is locked, say so with `lock`, so that plans can be checked against it.
   *
   * @default - a vault of the deployment, which is kept when its stack is deleted
   */
  readonly existing?: string;

  /**
   * The KMS key of the deployment's vault, which its recovery points are encrypted with. Not for a vault of your own.
   *
   * @default - the key of the deployment; without one, AWS's own for AWS Backup
   */
  readonly encryptionKey?: IKey;

  /**
   * The lock of the vault. While it is locked nobody can delete a recovery point before it expires, so retention only tells what it would
   * delete, and each recovery point is told when it is taken how long it stays.
   *
   * @default - none: retention deletes what expired
   */
  readonly lock?: VaultLockProps;

  /**
   * The vaults that the app deploys to other Regions for `copies` of plans, each with a key of its own unless the deployment's is `aws-owned`.
   *
   * @default - not locked
   */
  readonly copies?: { readonly lock?: VaultLockProps };
}

export interface VaultLockProps {
  /**
   * `governance` can be taken off again by whoever may do so; `compliance` by nobody, not even AWS, once `changeableFor` is over.
   */
  readonly mode: 'governance' | 'compliance';

  /**
   * The shortest retention of a recovery point in the vault. Whole days, at least 1.
   *
   * @default - none demanded
   */
  readonly minimumRetention?: Duration;

  /**
   * The longest retention of a recovery point in the vault. Whole days, at most 36,500.
   *
   * @default - none demanded
   */
  readonly maximumRetention?: Duration;

  /**
   * For how long a compliance lock can still be taken off. Whole days, at least 3. Only for `compliance`.
   *
   * @default Duration.days(7)
   */
  readonly changeableFor?: Duration;

  /**
   * Must be this very sentence for a compliance lock: recovery points then cost what they cost until they expire, and the account cannot get
   * rid of them.
   *
   * @default - not acknowledged, and a compliance lock is refused
   */
  readonly acknowledgement?: typeof complianceAcknowledgement;
}

export const complianceAcknowledgement = 'nobody can ever undo this lock';
