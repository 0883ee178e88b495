import type { Backup } from '../domain/backup.ts';
import { isOwnBackup } from '../domain/naming.ts';
import type { Judgement } from '../domain/retention.ts';
import { copiedOf } from './copied.ts';
import type { DeletionOutcome, DescribeOutcome } from './ports.ts';
import type { PrunePorts, PruneRun } from './prune.ts';

interface Objection {
  readonly outcome: DeletionOutcome;
  readonly detail: string;
}

/** How long an answer about a table's newest backup, or about the holds, is believed. */
const trustMilliseconds = 10_000;

/** The last look before each deletion. The listing may be minutes old: a backup may be held, in use or gone, the newest one deleted by hand. */
export class DeletionGuard {
  readonly #run: PruneRun;
  readonly #ports: PrunePorts;
  readonly #newestByTableId: ReadonlyMap<string, Backup>;
  readonly #checkedAnchors = new Map<string, { at: number; objection: Objection | undefined }>();
  #holds: { at: number; arns: ReadonlySet<string> } | undefined;

  constructor(judgement: Judgement, run: PruneRun, ports: PrunePorts) {
    this.#run = run;
    this.#ports = ports;
    this.#newestByTableId = newestKept(judgement, (backup) => this.#isOwn(backup));
  }

  /** Why this backup must not be deleted after all; `undefined` when nothing speaks against it. */
  async objectionTo(backup: Backup): Promise<Objection | undefined> {
    if ((await this.#currentHolds()).has(backup.arn)) return { outcome: 'kept', detail: 'held since the run began' };
    return (await this.#objectionOfAnchor(backup.tableId)) ?? (await this.#objectionOfBackup(backup));
  }

  /** > Before anything of a table is deleted, its newest restorable backup is seen to be there. */
  async #objectionOfAnchor(tableId: string): Promise<Objection | undefined> {
    const now = this.#ports.timing.now().getTime();
    const checked = this.#checkedAnchors.get(tableId);
    if (checked && now - checked.at < trustMilliseconds) return checked.objection;
    const objection = await this.#lookAtAnchor(this.#newestByTableId.get(tableId));
    this.#checkedAnchors.set(tableId, { at: now, objection });
    return objection;
  }

  async #lookAtAnchor(newest: Backup | undefined): Promise<Objection | undefined> {
    if (!newest) return { outcome: 'kept', detail: 'the table has no restorable backup that stays' };
    const seen = await this.#ports.backups.describe(newest.arn);
    if (seen.kind === 'found' && seen.backup.status === 'AVAILABLE') return undefined;
    return { outcome: 'kept', detail: `the newest backup that stays, ${newest.arn}, ${whatIsWrong(seen)}` };
  }

  async #objectionOfBackup(backup: Backup): Promise<Objection | undefined> {
    const seen = await this.#ports.backups.describe(backup.arn);
    if (seen.kind === 'gone') return { outcome: 'gone', detail: 'deleted by somebody else since it was listed' };
    if (seen.kind === 'failed') {
      return { outcome: seen.failure.kind === 'access-denied' ? 'denied' : 'kept', detail: whatIsWrong(seen) };
    }
    if (seen.backup.status !== 'AVAILABLE') return { outcome: 'kept', detail: whatIsWrong(seen) };
    return this.#isSame(backup, seen.backup)
      ? undefined
      : { outcome: 'kept', detail: 'is not the backup that was judged' };
  }

  #isSame(judged: Backup, seen: Backup): boolean {
    const isUnchanged = seen.name === judged.name && seen.createdAt?.getTime() === judged.createdAt?.getTime();
    return isUnchanged && seen.tableId === judged.tableId && this.#isOwn(seen);
  }

  #isOwn(backup: Backup): boolean {
    return isOwnBackup(backup, { prefix: this.#run.prefix, owner: this.#run.owner, plan: this.#run.plan.name });
  }

  /**
   * > A backup pinned between judging and deleting is kept.
   * Asked anew right before each try: a drill may pin just what is about to expire, and restores it within seconds.
   */
  async objectionOfUsers({ arn }: Backup): Promise<Objection | undefined> {
    const { ledger } = this.#ports;
    if ((await ledger.pinned()).has(arn))
      return { outcome: 'kept', detail: 'a drill has begun to restore it since it was judged' };
    return (await copiedOf(this.#run.plan, ledger)).has(arn)
      ? { outcome: 'kept', detail: 'a copy of it is wanted since it was judged' }
      : undefined;
  }

  async #currentHolds(): Promise<ReadonlySet<string>> {
    const now = this.#ports.timing.now().getTime();
    if (!this.#holds || now - this.#holds.at >= trustMilliseconds) {
      this.#holds = { at: now, arns: await this.#ports.ledger.holds() };
    }
    return this.#holds.arns;
  }
}

function newestKept(judgement: Judgement, isOwn: (backup: Backup) => boolean): ReadonlyMap<string, Backup> {
  const newest = new Map<string, Backup>();
  for (const { backup, verdict } of judgement.verdicts) {
    if (verdict !== 'keep' || backup.status !== 'AVAILABLE' || !backup.createdAt || !isOwn(backup)) continue;
    const known = newest.get(backup.tableId)?.createdAt;
    if (!known || known < backup.createdAt) newest.set(backup.tableId, backup);
  }
  return newest;
}

function whatIsWrong(seen: DescribeOutcome): string {
  if (seen.kind === 'gone') return 'is gone';
  return seen.kind === 'failed' ? `could not be described: ${seen.failure.message}` : `is ${seen.backup.status}`;
}
