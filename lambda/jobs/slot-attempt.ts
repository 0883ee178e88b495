import { formatBackupName } from '../domain/naming.ts';
import type { BackupPorts, BackupRun } from './backup.ts';
import type { SkipReason } from './backup-report.ts';
import { isOnSchedule, maximumBackupsPerDay } from '../domain/backup-frequency.ts';
import type { Claim, Failure, Slot, TableState } from './ports.ts';
import type { SlotSightings } from './slot-sightings.ts';

export type AttemptResult =
  | { readonly kind: 'accepted'; readonly ticket: string; readonly adopted: boolean; readonly state: FoundTable }
  | { readonly kind: 'skipped'; readonly reason: SkipReason }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'again'; readonly failure: Failure }
  | { readonly kind: 'not-reached' };

const dayMilliseconds = 24 * 3_600_000;
/** A slot later than this may have been overtaken by a newer one. */
const punctualMilliseconds = 15 * 60_000;

/** The tries of one run to get one table's backup for one slot. What a try learned is kept for the next. */
export class SlotAttempt {
  readonly table: string;
  readonly #run: BackupRun;
  readonly #ports: BackupPorts;
  readonly #sightings: SlotSightings;
  #hasClaim = false;
  /** Whether a backup for this slot may exist already: then look before asking for one. */
  mustLook = false;

  constructor(table: string, run: BackupRun, ports: BackupPorts, sightings: SlotSightings) {
    this.table = table;
    this.#run = run;
    this.#ports = ports;
    this.#sightings = sightings;
  }

  async run(): Promise<AttemptResult> {
    const decided = this.#hasClaim ? undefined : await this.#claimSlot();
    if (decided) return decided;
    const state = await this.#ports.tables.describe(this.table);
    if (state.kind !== 'found') return whyNotFound(state);
    return obstacleIn(state) ?? (await this.#adoptOrCreate(state));
  }

  get #slot(): Slot {
    return { plan: this.#run.plan.name, table: this.table, slot: this.#run.slot };
  }

  /** > When the ledger does not answer, the backup is taken all the same: a duplicate is cheaper than none. */
  async #claimSlot(): Promise<AttemptResult | undefined> {
    try {
      const refused = this.#isUnsuspicious() ? undefined : await this.#refuseByHistory();
      if (refused) return refused;
      return this.#follow(await this.#ports.ledger.claim(this.#slot, this.#run.holder, this.#ports.timing.now()));
    } catch (error) {
      this.#ports.log.warn('ledger did not answer; looking for the backup instead', { table: this.table, error });
      this.mustLook = true;
      return undefined;
    }
  }

  #follow(claim: Claim): AttemptResult | undefined {
    if (claim.kind === 'done') return { kind: 'skipped', reason: 'already-done' };
    if (claim.kind === 'held') return { kind: 'skipped', reason: 'taken-by-another-run' };
    this.#hasClaim = true;
    this.mustLook ||= !claim.isFirstTry;
    return undefined;
  }

  /** A punctual slot that the schedule itself has needs no look at the slots before it. */
  #isUnsuspicious(): boolean {
    const { plan, slot } = this.#run;
    const lateness = this.#ports.timing.now().getTime() - slot.getTime();
    return lateness < punctualMilliseconds && isOnSchedule(plan.backup, slot);
  }

  /** > A late slot is skipped once a newer one was taken up; more slots in a day than the schedule has are refused. */
  async #refuseByHistory(): Promise<AttemptResult | undefined> {
    const { plan, slot } = this.#run;
    const dayAgo = new Date(this.#ports.timing.now().getTime() - dayMilliseconds);
    const since = slot < dayAgo ? slot : dayAgo;
    const slots = await this.#ports.ledger.slotsSince(plan.name, this.table, since);
    if (slots.some((known) => known.getTime() === slot.getTime())) return undefined;
    if (slots.some((known) => known > slot)) return { kind: 'skipped', reason: 'superseded' };
    const limit = maximumBackupsPerDay(plan.backup);
    if (slots.length < limit) return undefined;
    const message = `${slots.length} slots were taken in 24 hours, at most ${limit} fit the schedule ${plan.backup.schedule}`;
    return { kind: 'failed', failure: { kind: 'too-many-backups', message } };
  }

  async #adoptOrCreate(state: FoundTable): Promise<AttemptResult> {
    const name = formatBackupName({ ...this.#run, plan: this.#run.plan.name, tableId: state.tableId });
    if (this.mustLook) {
      const seen = await this.#sightings.find(this.table, name);
      if (seen === 'unknown') return again('no-answer', 'could not list backups to see whether this slot has one');
      if (seen !== 'none') return { kind: 'accepted', ticket: seen.ticket, adopted: true, state };
    }
    return this.#create(name, state);
  }

  async #create(name: string, state: FoundTable): Promise<AttemptResult> {
    const { plan, slot } = this.#run;
    const created = await this.#ports.backups.create({ plan, slot, table: state, name });
    switch (created.kind) {
      case 'accepted':
        return { kind: 'accepted', ticket: created.ticket, adopted: false, state };
      case 'unknown':
        this.mustLook = true;
        return { kind: 'again', failure: created.failure };
      case 'refused':
        this.mustLook ||= created.failure.kind === 'backup-busy';
        return { kind: created.retriable ? 'again' : 'failed', failure: created.failure };
    }
  }
}

export type FoundTable = Extract<TableState, { kind: 'found' }>;
type Obstacle = Extract<AttemptResult, { kind: 'failed' | 'again' }>;

function whyNotFound(state: Exclude<TableState, FoundTable>): Obstacle {
  if (state.kind === 'missing') return fail('missing', 'the table does not exist');
  const isPassing = state.failure.kind === 'throttled' || state.failure.kind === 'no-answer';
  return { kind: isPassing ? 'again' : 'failed', failure: state.failure };
}

function obstacleIn(state: FoundTable): Obstacle | undefined {
  switch (state.status) {
    case 'CREATING':
      return again('table-busy', 'the table is still being created');
    case 'DELETING':
      return fail('missing', 'the table is being deleted');
    case 'INACCESSIBLE_ENCRYPTION_CREDENTIALS':
      return fail('key-inaccessible', `DynamoDB cannot use the table's encryption key ${state.keyArn ?? '(unknown)'}`);
    case 'ARCHIVING':
    case 'ARCHIVED':
      return fail(
        'archived',
        `the table is ${state.status}: its encryption key ${state.keyArn ?? '(unknown)'} was lost to it`,
      );
    default:
      return undefined;
  }
}

function again(kind: Failure['kind'], message: string): Obstacle {
  return { kind: 'again', failure: { kind, message } };
}

function fail(kind: Failure['kind'], message: string): Obstacle {
  return { kind: 'failed', failure: { kind, message } };
}
