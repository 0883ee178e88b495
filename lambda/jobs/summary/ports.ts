import type { CopyPlace } from '../../domain/copy-destination.ts';
import type { Plan } from '../../domain/plan.ts';
import type { RestoreTest } from '../../domain/restore-test.ts';
import type { Message } from '../../domain/summary/message.ts';
import type { NewestCopy } from '../copies-port.ts';
import type { DrillResult } from '../drill/drill-result.ts';
import type { DrillHistory } from '../drill/ports.ts';
import type { BackupsOf, Log, RetentionLedger, Tables, Timing } from '../ports.ts';

/** What the summary reads of the ledger. Every method throws when the ledger does not answer. */
export interface SummaryLedger extends Pick<
  RetentionLedger,
  'holds' | 'pinned' | 'copied' | 'proven' | 'previousCounts'
> {
  /** The slots of a plan and table after an instant, and whether their backup became restorable. */
  claimsSince(
    plan: string,
    table: string,
    since: Date,
  ): Promise<readonly { readonly slot: Date; readonly isDone: boolean }[]>;
  /** ARNs of the backups that prune deleted since an instant. */
  deletedSince(plan: string, since: Date): Promise<readonly string[]>;
  readonly drills: {
    drillHistory(plan: string): Promise<ReadonlyMap<string, DrillHistory>>;
    drillsOf(plan: string, table: string): Promise<readonly DrillResult[]>;
  };
}

/** What is known of copies. What reads the ledger throws when it does not answer. */
export interface SummaryCopies {
  placesOf(plan: Plan): readonly CopyPlace[];
  newestCopies(plan: string): Promise<readonly NewestCopy[]>;
  /** What `follow` reported of copies since an instant, as the ledger keeps it. */
  reportsSince(plan: string, since: Date): Promise<readonly string[]>;
}

export interface SummaryPorts {
  readonly tables: Tables;
  readonly backupsOf: BackupsOf;
  readonly ledger: SummaryLedger;
  readonly copies: SummaryCopies;
  /** What AWS Backup's own restore testing began to restore within a time, out of the deployment's vault. */
  readonly restoreTests: (within: { readonly from: Date; readonly until: Date }) => Promise<readonly RestoreTest[]>;
  readonly timing: Pick<Timing, 'now'>;
  readonly log: Log;
  /** Subscriptions of the topic that nobody confirmed. */
  readonly countUnconfirmed: () => Promise<number>;
  readonly publish: (message: Message) => Promise<void>;
}
