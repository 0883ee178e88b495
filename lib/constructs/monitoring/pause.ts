import { Duration } from 'aws-cdk-lib';
import { AlarmMuteRule, type CalendarDateTime, type IAlarm, ScheduleExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';

export interface PauseProps {
  /** Whose alarms they are, such as `plan orders`. */
  readonly of: string;
  readonly until: Date;
  /** The alarms that call nobody; they go on being evaluated. */
  readonly alarms: readonly IAlarm[];
}

/**
 * Mutes alarms from its deployment until an instant, and then by itself no more. A mute rule knows only windows of at most 15 days that begin
 * on a schedule: one that begins each minute and lasts an hour leaves no gap between two, at whose end an alarm would call. The rule's
 * expiry ends the last one.
 */
export class Pause extends Construct {
  constructor(scope: Construct, id: string, { of, until, alarms }: PauseProps) {
    super(scope, id);
    const expire = nextMinute(until);
    new AlarmMuteRule(this, 'Mute', {
      description: `The alarms of ${of} call nobody until ${expire.toISOString()}`,
      schedule: ScheduleExpression.cron({ minute: '*' }),
      duration: Duration.hours(1),
      expire: calendarDateTime(expire),
      alarms: [...alarms],
    });
  }
}

const minuteMs = 60_000;

function nextMinute(instant: Date): Date {
  return new Date(Math.ceil(instant.getTime() / minuteMs) * minuteMs);
}

/** In UTC, which a rule without a time zone goes by. */
function calendarDateTime(instant: Date): CalendarDateTime {
  return {
    year: instant.getUTCFullYear(),
    month: instant.getUTCMonth() + 1,
    day: instant.getUTCDate(),
    hour: instant.getUTCHours(),
    minute: instant.getUTCMinutes(),
  };
}
