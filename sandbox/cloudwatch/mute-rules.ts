import { Cron } from 'croner';
import { Temporal } from 'temporal-polyfill';
import { AwsError, validationError } from '../aws-error.ts';
import type { VirtualClock } from '../clock.ts';
import type { PlannedEvent } from '../event-queue.ts';
import { Input } from '../input.ts';

/** A rule that silences alarms for a while, once or again and again. Times are epoch milliseconds. */
export interface MuteRule {
  readonly name: string;
  readonly arn: string;
  readonly description: string | undefined;
  readonly expression: string;
  readonly durationMs: number;
  readonly duration: string;
  readonly timeZone: string;
  readonly alarms: readonly string[];
  readonly startAt: number | undefined;
  readonly expireAt: number | undefined;
  readonly updatedAt: number;
}

interface KeptRule {
  readonly rule: MuteRule;
  /** Until when its present window lasts. */
  mutedUntil: number;
  planned: PlannedEvent | undefined;
}

interface MuteRulesParts {
  readonly clock: VirtualClock;
  readonly arnPrefix: string;
  /** Called when a window of some rule has ended, with the alarms it muted. */
  ended(alarms: readonly string[]): void;
}

const mostAlarms = 100;

/**
 * The mute rules of the account: while a window is open, the alarms it names change their state but take no actions.
 * Source: CloudWatch API reference, PutAlarmMuteRule.
 */
export class MuteRules {
  readonly #parts: MuteRulesParts;
  readonly #rules = new Map<string, KeptRule>();

  constructor(parts: MuteRulesParts) {
    this.#parts = parts;
  }

  get all(): MuteRule[] {
    return [...this.#rules.values()].map(({ rule }) => rule);
  }

  isMuted(alarm: string): boolean {
    const { now } = this.#parts.clock;
    return [...this.#rules.values()].some(({ rule, mutedUntil }) => now < mutedUntil && rule.alarms.includes(alarm));
  }

  isOpen(name: string): boolean {
    return (this.#rules.get(name)?.mutedUntil ?? -Infinity) > this.#parts.clock.now;
  }

  /** Creates a rule, or replaces it. Takes the members of PutAlarmMuteRule. */
  put(members: Readonly<Record<string, unknown>>): MuteRule {
    const rule = this.#read(new Input(members));
    this.remove(rule.name);
    const kept: KeptRule = { rule, mutedUntil: -Infinity, planned: undefined };
    this.#rules.set(rule.name, kept);
    const from = rule.startAt ?? this.#parts.clock.now;
    // A window that is already under way mutes at once.
    this.#planFrom(kept, from - rule.durationMs);
    return rule;
  }

  get(name: string): MuteRule {
    const kept = this.#rules.get(name);
    if (!kept) throw new AwsError('ResourceNotFoundException', `Unknown alarm mute rule: ${name}`, 404);
    return kept.rule;
  }

  /** Takes a rule away; a window that is open ends. */
  remove(name: string): boolean {
    const kept = this.#rules.get(name);
    if (!kept) return false;
    kept.planned?.cancel();
    const wasOpen = this.isOpen(name);
    this.#rules.delete(name);
    if (wasOpen) this.#parts.ended(kept.rule.alarms);
    return true;
  }

  /** Plans the first window that starts after an instant. */
  #planFrom(kept: KeptRule, after: number): void {
    const { rule } = kept;
    const start = nextStart(rule, after);
    if (start === undefined || (rule.expireAt !== undefined && start >= rule.expireAt)) return;
    kept.planned = this.#parts.clock.at(Math.max(start, rule.startAt ?? start), () => { this.#open(kept, start); }); // prettier-ignore
  }

  #open(kept: KeptRule, start: number): void {
    const { rule } = kept;
    const end = Math.min(start + rule.durationMs, rule.expireAt ?? Infinity);
    kept.mutedUntil = end;
    kept.planned = this.#parts.clock.at(end, () => {
      this.#parts.ended(rule.alarms);
      this.#planFrom(kept, start);
    });
  }

  #read(input: Input): MuteRule {
    const name = input.text('Name', { min: 1, max: 255 });
    const schedule = input.structure('Rule').structure('Schedule');
    const alarms = input.optionalStructure('MuteTargets')?.texts('AlarmNames') ?? [];
    if (alarms.length > mostAlarms) throw validationError(`A mute rule can target at most ${mostAlarms} alarms`);
    const duration = schedule.text('Duration');
    const rule: MuteRule = {
      name,
      arn: `${this.#parts.arnPrefix}:alarm-mute-rule:${name}`,
      description: input.optionalText('Description', { max: 1024 }),
      expression: schedule.text('Expression', { min: 1, max: 256 }),
      duration,
      durationMs: durationMs(duration),
      timeZone: schedule.optionalText('Timezone') ?? 'UTC',
      alarms,
      startAt: instant(input.members.StartDate),
      expireAt: instant(input.members.ExpireDate),
      updatedAt: this.#parts.clock.now,
    };
    nextStart(rule, 0);
    return rule;
  }
}

/** ISO 8601, from a minute to 15 days. */
function durationMs(text: string): number {
  let ms: number;
  try {
    ms = Temporal.Duration.from(text).total({ unit: 'milliseconds' });
  } catch {
    throw validationError(`Duration must be an ISO 8601 duration such as PT4H, got '${text}'`);
  }
  if (ms < 60_000 || ms > 15 * 86_400_000)
    throw validationError(`Duration must be from 1 minute to 15 days, got '${text}'`);
  return ms;
}

/** A date as the wire (epoch seconds) or a template (text) spells it. */
function instant(value: unknown): number | undefined {
  if (typeof value === 'number') return value * 1000;
  return typeof value === 'string' ? Date.parse(/Z|[+-]\d\d:\d\d$/.test(value) ? value : `${value}Z`) : undefined;
}

/** The first start of a window after an instant: five-field cron, or `at` to the minute, on the wall clock of the rule's zone. */
function nextStart({ expression, timeZone }: MuteRule, after: number): number | undefined {
  const at = /^at\((\d{4}-\d\d-\d\dT\d\d:\d\d)\)$/.exec(expression)?.[1];
  if (at !== undefined) {
    const start = Temporal.PlainDateTime.from(at).toZonedDateTime(timeZone).epochMilliseconds;
    return start > after ? start : undefined;
  }
  const fields = /^cron\((\S+ \S+ \S+ \S+ \S+)\)$/.exec(expression)?.[1];
  if (fields === undefined)
    throw validationError(
      `Expression must be cron(minutes hours day-of-month month day-of-week) or at(yyyy-MM-ddThh:mm), got '${expression}'`,
    );
  return new Cron(fields, { timezone: timeZone, paused: true }).nextRun(new Date(after))?.getTime();
}

/** A rule as a listing of the API shows it. > It says neither what the rule is called nor what it mutes. */
export interface MuteRuleSummary {
  readonly AlarmMuteRuleArn: string;
  readonly ExpireDate?: number;
  readonly Status: 'EXPIRED' | 'ACTIVE' | 'SCHEDULED';
  readonly MuteType: 'ONE_TIME' | 'RECURRING';
  readonly LastUpdatedTimestamp: number;
}

export function summarizeMuteRule(rules: MuteRules, rule: MuteRule, now: number): MuteRuleSummary {
  const isExpired = rule.expireAt !== undefined && rule.expireAt <= now;
  return {
    AlarmMuteRuleArn: rule.arn,
    ...(rule.expireAt !== undefined && { ExpireDate: rule.expireAt / 1000 }),
    Status: isExpired ? 'EXPIRED' : rules.isOpen(rule.name) ? 'ACTIVE' : 'SCHEDULED',
    MuteType: rule.expression.startsWith('at(') ? 'ONE_TIME' : 'RECURRING',
    LastUpdatedTimestamp: rule.updatedAt / 1000,
  };
}

/** All that the API says of one rule. */
export function describeMuteRule(rules: MuteRules, rule: MuteRule, now: number): object {
  return {
    ...summarizeMuteRule(rules, rule, now),
    Name: rule.name,
    Description: rule.description,
    Rule: { Schedule: { Expression: rule.expression, Duration: rule.duration, Timezone: rule.timeZone } },
    MuteTargets: { AlarmNames: rule.alarms },
    ...(rule.startAt !== undefined && { StartDate: rule.startAt / 1000 }),
  };
}
