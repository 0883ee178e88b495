import { AwsError } from '../aws-error.ts';
import type { VirtualClock } from '../clock.ts';
import { randomUuid, type Random } from '../random.ts';
import { checkPattern, matchesPattern } from './event-pattern.ts';
import { payloadOf, type TargetInput } from './target-input.ts';

/** An event as rules and targets see it. */
export interface BusEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
}

export interface RuleTarget {
  readonly id: string;
  readonly arn: string;
  readonly input: TargetInput;
  readonly deadLetterArn: string | undefined;
}

export interface Rule {
  readonly name: string;
  readonly arn: string;
  readonly pattern: unknown;
  readonly isEnabled: boolean;
  readonly description: string | undefined;
}

interface KeptRule {
  readonly rule: Rule;
  readonly targets: Map<string, RuleTarget>;
}

interface EventBusParts {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly region: string;
  readonly accountId: string;
  /** Hands a payload to a target in the name of a rule; throws an AwsError when the target does not take it. */
  deliver(targetArn: string, payload: string, ruleArn: string): void;
  sendToDeadLetters(arn: string, body: string): void;
}

/** EventBridge needs a moment to match an event. */
const matchingMs = 20;

/** The default event bus: what was put on it, and the rules that pass it on. Of the events, the newest `capacity` are kept. */
export class EventBus {
  readonly #parts: EventBusParts;
  readonly #capacity: number;
  readonly #rules = new Map<string, KeptRule>();
  #events: BusEvent[] = [];

  constructor(parts: EventBusParts, capacity = 10_000) {
    this.#parts = parts;
    this.#capacity = capacity;
  }

  /** Every event there was, oldest first; those of one source, or of one detail type of it. */
  events(source?: string, detailType?: string): readonly BusEvent[] {
    return this.#events.filter(
      (event) =>
        (source === undefined || event.source === source) &&
        (detailType === undefined || event['detail-type'] === detailType),
    );
  }

  get arn(): string {
    return `arn:aws:events:${this.#parts.region}:${this.#parts.accountId}:event-bus/default`;
  }

  get rules(): Rule[] {
    return [...this.#rules.values()].map(({ rule }) => rule).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  targets(ruleName: string): RuleTarget[] {
    return [...this.#find(ruleName).targets.values()];
  }

  /** Creates a rule, or replaces it; its targets stay. Throws when its pattern cannot be matched here. */
  putRule(
    name: string,
    pattern: unknown,
    { isEnabled = true, description }: { isEnabled?: boolean; description?: string | undefined } = {},
  ): Rule {
    try {
      checkPattern(pattern);
    } catch (cause) {
      throw new AwsError('InvalidEventPatternException', cause instanceof Error ? cause.message : String(cause));
    }
    const arn = `arn:aws:events:${this.#parts.region}:${this.#parts.accountId}:rule/${name}`;
    const rule = { name, arn, pattern, isEnabled, description };
    this.#rules.set(name, { rule, targets: this.#rules.get(name)?.targets ?? new Map<string, RuleTarget>() });
    return rule;
  }

  putTarget(ruleName: string, target: RuleTarget): void {
    this.#find(ruleName).targets.set(target.id, target);
  }

  removeTargets(ruleName: string, ids: readonly string[]): void {
    for (const id of ids) this.#find(ruleName).targets.delete(id);
  }

  removeRule(name: string): void {
    this.#rules.delete(name);
  }

  /** Puts an event on the bus and returns its id. */
  put(event: {
    source: string;
    detailType: string;
    detail: unknown;
    resources?: readonly string[];
    time?: number;
  }): string {
    const { clock, random, region, accountId } = this.#parts;
    const put: BusEvent = {
      version: '0',
      id: randomUuid(random),
      'detail-type': event.detailType,
      source: event.source,
      account: accountId,
      time: new Date(event.time ?? clock.now).toISOString().replace(/\.\d{3}Z$/, 'Z'),
      region,
      resources: event.resources ?? [],
      detail: event.detail,
    };
    this.#events.push(put);
    if (this.#events.length >= 2 * this.#capacity) this.#events = this.#events.slice(-this.#capacity);
    for (const kept of this.#rules.values())
      if (kept.rule.isEnabled && matchesPattern(kept.rule.pattern, put)) this.#pass(put, kept);
    return put.id;
  }

  #pass(event: BusEvent, { rule, targets }: KeptRule): void {
    for (const target of targets.values()) this.#parts.clock.after(matchingMs, () => { this.#deliver(event, rule, target); }); // prettier-ignore
  }

  #deliver(event: BusEvent, rule: Rule, { arn, input, deadLetterArn }: RuleTarget): void {
    const payload = payloadOf(event, input);
    try {
      this.#parts.deliver(arn, payload, rule.arn);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      if (deadLetterArn !== undefined) this.#parts.sendToDeadLetters(deadLetterArn, payload);
    }
  }

  #find(name: string): KeptRule {
    const kept = this.#rules.get(name);
    if (!kept) throw new AwsError('ResourceNotFoundException', `Rule ${name} does not exist on EventBus default.`);
    return kept;
  }
}
