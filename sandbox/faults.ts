import { isRecord } from './input.ts';

/** Which calls, deliveries, lines of output or functions a fault concerns. Everything left out matches. */
export interface FaultMatch {
  /** The Region whose endpoint is called; with nothing else and a lost connection, that Region is out of reach. */
  readonly region?: string;
  readonly service?: string;
  readonly operation?: string;
  /** The calling function; for deliveries, skew and output, the function concerned. */
  readonly function?: string;
  /** Name of the durable execution in which the call is made. */
  readonly execution?: string;
  readonly table?: string;
  readonly schedule?: string;
  /** The first matching call that is hit, counted from 1. */
  readonly nth?: number;
  /** How many matching calls are hit from then on. Endless by default, one when `nth` is given. */
  readonly times?: number;
  readonly from?: Date;
  readonly until?: Date;
}

/** What goes wrong with an API call. `after` means that the effect happened and only its acknowledgement is lost. */
export type CallEffect =
  | {
      readonly kind: 'error';
      readonly when: 'before' | 'after';
      readonly name: string;
      readonly message?: string;
      readonly status?: number;
    }
  | { readonly kind: 'connection-lost'; readonly when: 'before' | 'after'; readonly code?: 'ECONNRESET' | 'ETIMEDOUT' }
  | { readonly kind: 'crash'; readonly when: 'before' | 'after' }
  | { readonly kind: 'delay'; readonly ms: number }
  /** Rows of the page beyond `rows` are missing, its marker too. */
  | { readonly kind: 'truncated-page'; readonly rows: number }
  | { readonly kind: 'missing-marker' }
  /** The page carries the marker it was asked with, so that paging never ends. */
  | { readonly kind: 'repeated-marker' }
  /** A page without rows, whose marker leads to the real page. */
  | { readonly kind: 'empty-page' }
  /** CreateBackup only: the backup stays CREATING for so long. */
  | { readonly kind: 'slow-backup'; readonly ms: number }
  /** CreateBackup only: the backup is never AVAILABLE but gone after so long. */
  | { readonly kind: 'failed-backup'; readonly afterMs: number }
  /** Restores only: the table stays CREATING for so long. */
  | { readonly kind: 'slow-restore'; readonly ms: number }
  /** Restores only: each global secondary index is ACTIVE so long after its table. */
  | { readonly kind: 'late-indexes'; readonly ms: number }
  /** Restores only: the table is ACTIVE and yet says for so long that its restore is in progress. */
  | { readonly kind: 'lingering-restore-summary'; readonly ms: number }
  /** Restores only: the restore is cancelled after so long, and its table goes. */
  | { readonly kind: 'failed-restore'; readonly afterMs: number }
  | BackupEffect;

/** What goes wrong with AWS Backup only. */
export type BackupEffect =
  /** Requests that start a job: it waits or runs for so long. */
  | { readonly kind: 'slow-job'; readonly time: { readonly waitMs?: number; readonly runMs?: number } }
  /** Requests that start a job: so long after them it ends in this state. Only a PARTIAL one leaves something. */
  | {
      readonly kind: 'failed-job';
      readonly afterMs: number;
      readonly state: 'FAILED' | 'EXPIRED' | 'ABORTED' | 'PARTIAL';
      readonly message?: string;
    }
  /** Requests that start a job: nothing of what becomes of it is told on the event bus. */
  | { readonly kind: 'lost-events' }
  /** DeleteRecoveryPoint: answered as if it had worked, but the point stays and is EXPIRED. */
  | { readonly kind: 'kept-recovery-point' }
  /** Listings: the token that the request carries has expired. */
  | { readonly kind: 'expired-token' };

/** What goes wrong when Scheduler delivers an event. */
export type DeliveryEffect =
  | { readonly kind: 'deliver-twice'; readonly gapMs: number }
  | { readonly kind: 'deliver-late'; readonly ms: number }
  | { readonly kind: 'never-fire' }
  | { readonly kind: 'delivery-fails'; readonly name: string };

/** The clock of a function's machine is ahead by `ms`, or behind if negative. */
export interface SkewEffect {
  readonly kind: 'skewed-clock';
  readonly ms: number;
}

/** What a function prints never arrives: no line in its log, and none of the metrics in it. */
export interface LostOutputEffect {
  readonly kind: 'lost-output';
}

export type Effect = CallEffect | DeliveryEffect | SkewEffect | LostOutputEffect;

/** What is about to happen, as faults are matched against. */
export interface Occasion {
  readonly at: number;
  readonly region?: string;
  readonly service?: string;
  readonly operation?: string;
  readonly function?: string | undefined;
  readonly execution?: string | undefined;
  readonly table?: string | undefined;
  readonly schedule?: string;
}

const deliveryKinds = new Set<string>(['deliver-twice', 'deliver-late', 'never-fire', 'delivery-fails']);

function isDelivery(effect: Effect): effect is DeliveryEffect {
  return deliveryKinds.has(effect.kind);
}

function isSkew(effect: Effect): effect is SkewEffect {
  return effect.kind === 'skewed-clock';
}

function isOnCall(effect: Effect): effect is CallEffect {
  return !isDelivery(effect) && !isSkew(effect) && !isLostOutput(effect);
}

function isLostOutput(effect: Effect): effect is LostOutputEffect {
  return effect.kind === 'lost-output';
}

/** A planned fault. `hits` tells how often it struck. */
export class Fault<E extends Effect = Effect> {
  readonly match: FaultMatch;
  readonly effect: E;
  hits = 0;
  #seen = 0;

  constructor(match: FaultMatch, effect: E) {
    this.match = match;
    this.effect = effect;
  }

  /** Whether this occasion is hit; counts the occasion if it matches. */
  strikes(occasion: Occasion): boolean {
    if (!this.#concerns(occasion)) return false;
    this.#seen++;
    const first = this.match.nth ?? 1;
    const times = this.match.times ?? (this.match.nth === undefined ? Infinity : 1);
    const struck = this.#seen >= first && this.#seen < first + times;
    if (struck) this.hits++;
    return struck;
  }

  #concerns(occasion: Occasion): boolean {
    const { from, until, region, service, operation, execution, table, schedule } = this.match;
    if (from && occasion.at < from.getTime()) return false;
    if (until && occasion.at >= until.getTime()) return false;
    return (
      (region === undefined || region === occasion.region) &&
      (service === undefined || service === occasion.service) &&
      (operation === undefined || operation === occasion.operation) &&
      (this.match.function === undefined || this.match.function === occasion.function) &&
      (execution === undefined || execution === occasion.execution) &&
      (table === undefined || table === occasion.table) &&
      (schedule === undefined || schedule === occasion.schedule)
    );
  }
}

/** The faults an account suffers on demand. */
export class Faults {
  #planned: Fault[] = [];

  add<E extends Effect>(plan: { readonly match?: FaultMatch; readonly effect: E }): Fault<E> {
    const fault = new Fault(plan.match ?? {}, plan.effect);
    this.#planned.push(fault);
    return fault;
  }

  remove(fault: Fault): void {
    this.#planned = this.#planned.filter((planned) => planned !== fault);
  }

  clear(): void {
    this.#planned = [];
  }

  onCall(occasion: Occasion): CallEffect[] {
    return this.#struck(occasion, isOnCall);
  }

  onDelivery(occasion: Occasion): DeliveryEffect[] {
    return this.#struck(occasion, isDelivery);
  }

  skewMs(occasion: Occasion): number {
    if (this.#planned.length === 0) return 0;
    return this.#struck(occasion, isSkew).reduce((total, effect) => total + effect.ms, 0);
  }

  losesOutput(occasion: Occasion): boolean {
    return this.#planned.length > 0 && this.#struck(occasion, isLostOutput).length > 0;
  }

  #struck<E extends Effect>(occasion: Occasion, isOfKind: (effect: Effect) => effect is E): E[] {
    const struck: E[] = [];
    for (const fault of this.#planned) {
      if (isOfKind(fault.effect) && fault.strikes(occasion)) struck.push(fault.effect);
    }
    return struck;
  }
}

/** The table an API call is about, read from whichever member names it. */
export function tableOf(input: unknown): string | undefined {
  if (!isRecord(input)) return undefined;
  for (const member of [
    'TableName',
    'BackupArn',
    'ResourceArn',
    'SourceTableName',
    'SourceTableArn',
    'ByResourceArn',
  ]) {
    const value = input[member];
    if (typeof value === 'string') return /:table\/([^/]+)/.exec(value)?.[1] ?? value;
  }
  return undefined;
}
