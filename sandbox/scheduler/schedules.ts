import { AwsError } from '../aws-error.ts';
import type { VirtualClock } from '../clock.ts';
import type { PlannedEvent } from '../event-queue.ts';
import type { DeliveryEffect, Faults } from '../faults.ts';
import { functionName } from '../lambda/function-reference.ts';
import { randomUuid, type Random } from '../random.ts';
import { timingOf, type Timing } from './timing.ts';

/** A schedule as its template declares it; the defaults are EventBridge Scheduler's. */
export interface ScheduleDefinition {
  readonly name: string;
  readonly group?: string | undefined;
  readonly expression: string;
  readonly timeZone?: string | undefined;
  readonly flexibleWindowMinutes?: number | undefined;
  readonly enabled?: boolean | undefined;
  readonly startDate?: Date | undefined;
  readonly endDate?: Date | undefined;
  readonly targetArn: string;
  readonly roleArn?: string | undefined;
  /** The event, in which context attributes such as `<aws.scheduler.scheduled-time>` are filled in. */
  readonly input?: string | undefined;
  readonly retryAttempts?: number | undefined;
  readonly maxEventAgeMs?: number | undefined;
  readonly deadLetterArn?: string | undefined;
}

export interface Schedule extends ScheduleDefinition {
  readonly arn: string;
  readonly group: string;
  readonly timeZone: string;
  readonly timing: Timing;
  /** Not before this instant does it fire. */
  readonly since: number;
  readonly createdAt: number;
  readonly changedAt: number;
}

type SchedulerMetric =
  'InvocationAttemptCount' | 'TargetErrorCount' | 'InvocationDroppedCount' | 'InvocationsSentToDeadLetterCount';

interface SchedulesParts {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly faults: Faults;
  /** `arn:PARTITION:scheduler:REGION:ACCOUNT`. */
  readonly arnPrefix: string;
  /** Hands an event to its target; throws an AwsError when the target does not take it. */
  deliver(targetArn: string, payload: string, roleArn: string | undefined): void;
  sendToDeadLetters(arn: string, body: string, attributes: Readonly<Record<string, unknown>>): void;
  count(metric: SchedulerMetric, group: string): void;
}

interface Delivery {
  readonly schedule: Schedule;
  readonly scheduledAt: number;
  attempts: number;
}

const defaultRetryAttempts = 185;
const defaultMaxEventAgeMs = 24 * 3_600_000;
/** Scheduler promises the minute, not the second. */
const precisionMs = 60_000;
const longestBackOffMs = 3_600_000;

/** EventBridge Scheduler: fires schedules, delivers at least once, retries what its target refuses, and gives up into a queue. */
export class Schedules {
  readonly #parts: SchedulesParts;
  readonly #schedules = new Map<string, { schedule: Schedule; planned: PlannedEvent | undefined }>();
  readonly #groups = new Set(['default']);

  constructor(parts: SchedulesParts) {
    this.#parts = parts;
  }

  get all(): Schedule[] {
    return [...this.#schedules.values()].map(({ schedule }) => schedule);
  }

  createGroup(name: string): string {
    this.#groups.add(name);
    return `${this.#parts.arnPrefix}:schedule-group/${name}`;
  }

  /** Creates a schedule, or replaces the one of the same group and name. */
  put(definition: ScheduleDefinition): Schedule {
    const { group = 'default', timeZone = 'UTC', name } = definition;
    if (!this.#groups.has(group))
      throw new AwsError('ResourceNotFoundException', `Schedule group ${group} does not exist.`, 404);
    const arn = `${this.#parts.arnPrefix}:schedule/${group}/${name}`;
    const { now } = this.#parts.clock;
    const createdAt = this.#schedules.get(arn)?.schedule.createdAt ?? now;
    this.remove(arn);
    const since = Math.max(now, definition.startDate?.getTime() ?? 0);
    const timing = timingOf(definition.expression, timeZone, since);
    const instants = { since, createdAt, changedAt: now };
    const entry = { schedule: { ...definition, arn, group, timeZone, timing, ...instants }, planned: undefined };
    this.#schedules.set(arn, entry);
    // Just before `since`, so that a rate fires at once.
    if (definition.enabled ?? true) this.#planNext(entry, since - 1);
    return entry.schedule;
  }

  remove(arn: string): void {
    this.#schedules.get(arn)?.planned?.cancel();
    this.#schedules.delete(arn);
  }

  #planNext(entry: { schedule: Schedule; planned: PlannedEvent | undefined }, after: number): void {
    const { schedule } = entry;
    const instant = schedule.timing.next(after);
    if (instant === undefined || (schedule.endDate && instant > schedule.endDate.getTime())) return;
    entry.planned = this.#parts.clock.at(instant, () => {
      this.#planNext(entry, instant);
      this.#fire(schedule, instant);
    });
  }

  #fire(schedule: Schedule, scheduledAt: number): void {
    const { clock, random, faults } = this.#parts;
    const occasion = { at: clock.now, schedule: schedule.name, function: functionName(schedule.targetArn) };
    const effects = faults.onDelivery(occasion);
    if (effects.some((effect) => effect.kind === 'never-fire')) return;
    const windowMs = Math.max(precisionMs, (schedule.flexibleWindowMinutes ?? 0) * 60_000);
    const delayMs = Math.floor(random() * windowMs) + sumOf(effects, 'deliver-late', (effect) => effect.ms);
    const delivery = { schedule, scheduledAt, attempts: 0 };
    clock.after(delayMs, () => { this.#attempt(delivery, effects); }); // prettier-ignore
    for (const effect of effects) {
      if (effect.kind === 'deliver-twice') clock.after(delayMs + effect.gapMs, () => { this.#attempt({ ...delivery }, []); }); // prettier-ignore
    }
  }

  #attempt(delivery: Delivery, effects: readonly DeliveryEffect[]): void {
    const { schedule } = delivery;
    const executionId = randomUuid(this.#parts.random);
    delivery.attempts++;
    this.#parts.count('InvocationAttemptCount', schedule.group);
    try {
      for (const effect of effects)
        if (effect.kind === 'delivery-fails') throw new AwsError(effect.name, `injected ${effect.name}`);
      this.#parts.deliver(schedule.targetArn, payloadOf(delivery, executionId), schedule.roleArn);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      this.#parts.count('TargetErrorCount', schedule.group);
      this.#retry(delivery, effects, error, executionId);
    }
  }

  #retry(delivery: Delivery, effects: readonly DeliveryEffect[], error: AwsError, executionId: string): void {
    const { retryAttempts = defaultRetryAttempts, maxEventAgeMs = defaultMaxEventAgeMs } = delivery.schedule;
    const pauseMs = Math.min(longestBackOffMs, 1000 * 2 ** (delivery.attempts - 1));
    const tooOld = this.#parts.clock.now + pauseMs - delivery.scheduledAt > maxEventAgeMs;
    if (tooOld || delivery.attempts > retryAttempts) {
      this.#drop(delivery, error, executionId, tooOld ? 'MaximumEventAgeInSeconds' : 'MaximumRetryAttempts');
    } else {
      this.#parts.clock.after(pauseMs, () => { this.#attempt(delivery, effects); }); // prettier-ignore
    }
  }

  #drop(delivery: Delivery, error: AwsError, executionId: string, condition: string): void {
    const { schedule } = delivery;
    this.#parts.count('InvocationDroppedCount', schedule.group);
    if (!schedule.deadLetterArn) return;
    const attributes = {
      ERROR_CODE: error.name,
      ERROR_MESSAGE: error.message,
      EXECUTION_ID: executionId,
      EXHAUSTED_RETRY_CONDITION: condition,
      IS_PAYLOAD_TRUNCATED: 'false',
      RETRY_ATTEMPTS: String(delivery.attempts - 1),
      SCHEDULED_TIME: isoSeconds(delivery.scheduledAt),
      SCHEDULE_ARN: schedule.arn,
      TARGET_ARN: schedule.targetArn,
    };
    const written = Object.entries(attributes).map(([key, value]) => [key, textAttribute(value)] as const);
    this.#parts.sendToDeadLetters(
      schedule.deadLetterArn,
      payloadOf(delivery, executionId),
      Object.fromEntries(written),
    );
    this.#parts.count('InvocationsSentToDeadLetterCount', schedule.group);
  }
}

function textAttribute(value: string): { DataType: string; StringValue: string } {
  return { DataType: 'String', StringValue: value };
}

function isoSeconds(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, 19)}Z`;
}

function sumOf<K extends DeliveryEffect['kind']>(
  effects: readonly DeliveryEffect[],
  kind: K,
  value: (effect: Extract<DeliveryEffect, { kind: K }>) => number,
): number {
  const ofKind = (effect: DeliveryEffect): effect is Extract<DeliveryEffect, { kind: K }> => effect.kind === kind;
  return effects.filter(ofKind).reduce((total, effect) => total + value(effect), 0);
}

function payloadOf({ schedule, scheduledAt, attempts }: Delivery, executionId: string): string {
  return (schedule.input ?? '{}')
    .replaceAll('<aws.scheduler.scheduled-time>', isoSeconds(scheduledAt))
    .replaceAll('<aws.scheduler.schedule-arn>', schedule.arn)
    .replaceAll('<aws.scheduler.execution-id>', executionId)
    .replaceAll('<aws.scheduler.attempt-number>', String(attempts));
}
