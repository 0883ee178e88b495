import type { VirtualClock } from '../clock.ts';
import type { ApiCall } from '../front.ts';
import { Input } from '../input.ts';
import { notFound } from './backup-errors.ts';
import { dayMs } from './lifecycle.ts';
import { instantIn, newestFirst, pageOf } from './paging.ts';

/** What every job of AWS Backup has. Instants are epoch milliseconds. */
export interface Job {
  readonly id: string;
  readonly resourceArn: string;
  readonly createdAt: number;
  state: string;
  statusMessage: string | undefined;
  completedAt: number | undefined;
}

/** What a listing may ask of a job beyond what all listings do: the members of the request, and the job's own values. */
export type JobFilters<J extends Job> = Readonly<Record<string, (job: J) => string | undefined>>;

/** > A list of existing jobs for the last 30 days. Source: service model, ListBackupJobs. */
export const jobLifeMs = 30 * dayMs;

/** Filters by what no job here has: parts of composite jobs, plans, messages by category. */
const neverFulfilled = ['ByParentJobId', 'ByMessageCategory'];

/** The jobs of one kind of the last 30 days, and the idempotency tokens with which they were asked for. */
export class Jobs<J extends Job> {
  readonly #clock: VirtualClock;
  readonly #accountId: string;
  readonly #filters: JobFilters<J>;
  readonly #byId = new Map<string, J>();
  readonly #byToken = new Map<string, J>();
  readonly #tokens = new Map<string, string>();

  constructor(clock: VirtualClock, accountId: string, filters: JobFilters<J>) {
    this.#clock = clock;
    this.#accountId = accountId;
    this.#filters = filters;
  }

  get all(): J[] {
    this.#forgetOld();
    return [...this.#byId.values()];
  }

  /** The job that an earlier request with the same token has started. */
  startedBy(token: string | undefined): J | undefined {
    return token === undefined ? undefined : this.#byToken.get(token);
  }

  add(job: J, token: string | undefined): void {
    this.#forgetOld();
    this.#byId.set(job.id, job);
    if (token === undefined) return;
    this.#byToken.set(token, job);
    this.#tokens.set(job.id, token);
  }

  require(id: string): J {
    this.#forgetOld();
    const job = this.#byId.get(id);
    if (!job) throw notFound(`Could not find job ${id}`);
    return job;
  }

  /** A page of the jobs that a request asks for, the newest first. */
  list(call: ApiCall): { readonly rows: readonly J[]; readonly token: { readonly NextToken?: string } } {
    const wanted = this.#wanted(new Input(call.input));
    return pageOf(call, this.all.filter(wanted), ({ createdAt, id }) => newestFirst(createdAt, id));
  }

  #wanted(input: Input): (job: J) => boolean {
    const tests: ((job: J) => boolean)[] = [];
    for (const [member, valueOf] of Object.entries(this.#filters)) {
      const wanted = input.optionalText(member);
      if (wanted !== undefined) tests.push((job) => valueOf(job) === wanted);
    }
    const account = input.optionalText('ByAccountId') ?? this.#accountId;
    if (account !== '*' && account !== this.#accountId) tests.push(() => false);
    if (neverFulfilled.some((member) => input.members[member] !== undefined)) tests.push(() => false);
    tests.push(within(input, 'ByCreated', ({ createdAt }) => createdAt));
    tests.push(within(input, 'ByComplete', ({ completedAt }) => completedAt));
    return (job) => tests.every((test) => test(job));
  }

  /** In order of creation, the oldest come first. */
  #forgetOld(): void {
    for (const [id, { createdAt }] of this.#byId) {
      if (createdAt >= this.#clock.now - jobLifeMs) return;
      this.#byId.delete(id);
      this.#byToken.delete(this.#tokens.get(id) ?? '');
      this.#tokens.delete(id);
    }
  }
}

function within(input: Input, member: string, instantOf: (job: Job) => number | undefined): (job: Job) => boolean {
  const [after, before] = [instantIn(input, `${member}After`), instantIn(input, `${member}Before`)];
  if (after === undefined && before === undefined) return () => true;
  return (job) => {
    const instant = instantOf(job);
    return instant !== undefined && instant > (after ?? -Infinity) && instant < (before ?? Infinity);
  };
}
