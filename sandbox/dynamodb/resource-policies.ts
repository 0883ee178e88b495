import { AwsError, throttled, validationError } from '../aws-error.ts';
import type { VirtualClock } from '../clock.ts';
import type { ApiCall } from '../front.ts';
import { Input, isRecord } from '../input.ts';
import type { Random } from '../random.ts';
import type { Table } from './table.ts';
import { nameFromArn, type TableSettings } from './table-settings.ts';

interface Policy {
  readonly text: string;
  readonly revisionId: string;
}

interface Attached {
  /** The policy as it was last set; undefined when there is none. */
  current: Policy | undefined;
  /** What readers are shown until `visibleAt`. */
  previous: Policy | undefined;
  visibleAt: number;
  changedAt: number;
}

/** The largest policy, white space included. Source: PutResourcePolicy. */
const largestBytes = 20 * 1024;
/** A policy changes once in so long, as measured. */
const coolDownMs = 15_000;
/** A change is seen by GetResourcePolicy only "after a few seconds". */
const longestDelayMs = 3000;
/** As an expected revision: only if there is no policy. */
const noPolicy = 'NO_POLICY';

interface ResourcePoliciesParts {
  readonly clock: VirtualClock;
  readonly random: Random;
  /** The tables that settings belong to. */
  readonly tables: Pick<TableSettings, 'changing' | 'reading'>;
}

/** Resource policies of tables, kept and answered but not judged by: roles decide here by identity policies alone. */
export class ResourcePolicies {
  readonly #parts: ResourcePoliciesParts;
  readonly #attached = new WeakMap<Table, Attached>();
  #revisions = 0;

  constructor(parts: ResourcePoliciesParts) {
    this.#parts = parts;
  }

  put(call: ApiCall): object {
    const input = new Input(call.input);
    const table = this.#parts.tables.changing(nameFromArn(input));
    const text = input.text('Policy', { min: 1 });
    if (Buffer.byteLength(text) > largestBytes) throw validationError('The resource policy is larger than 20 KB');
    if (!isPolicy(text)) throw validationError('Invalid policy document: it is no JSON object with a Statement');
    const current = this.#expected(table, input);
    if (current?.text === text) return { RevisionId: current.revisionId };
    const revisionId = String(this.#parts.clock.now * 1000 + this.#revisions++);
    this.#set(table, { text, revisionId });
    return { RevisionId: revisionId };
  }

  get(call: ApiCall): object {
    const attached = this.#attached.get(this.#parts.tables.reading(nameFromArn(new Input(call.input))));
    const isVisible = attached !== undefined && this.#parts.clock.now >= attached.visibleAt;
    const policy = isVisible ? attached.current : attached?.previous;
    if (!policy) throw policyNotFound();
    return { Policy: policy.text, RevisionId: policy.revisionId };
  }

  delete(call: ApiCall): object {
    const input = new Input(call.input);
    const table = this.#parts.tables.changing(nameFromArn(input));
    const current = this.#expected(table, input);
    if (!current) return { RevisionId: '' };
    this.#set(table, undefined);
    return { RevisionId: current.revisionId };
  }

  /** The policy that is to be replaced; throws unless it is the one the caller expects. */
  #expected(table: Table, input: Input): Policy | undefined {
    const current = this.#attached.get(table)?.current;
    const expected = input.optionalText('ExpectedRevisionId', { min: 1, max: 255 });
    if (expected !== undefined && expected !== (current?.revisionId ?? noPolicy)) throw policyNotFound();
    return current;
  }

  #set(table: Table, current: Policy | undefined): void {
    const { clock, random } = this.#parts;
    const before = this.#attached.get(table);
    if (before && clock.now - before.changedAt < coolDownMs)
      throw throttled('The resource policy was changed less than 15 seconds ago');
    const visibleAt = clock.now + random() * longestDelayMs;
    this.#attached.set(table, { current, previous: before?.current, visibleAt, changedAt: clock.now });
  }
}

function isPolicy(text: string): boolean {
  try {
    const document: unknown = JSON.parse(text);
    return isRecord(document) && document.Statement !== undefined;
  } catch {
    return false;
  }
}

function policyNotFound(): AwsError {
  return new AwsError('PolicyNotFoundException', 'The policy was not found, or it has another revision');
}
