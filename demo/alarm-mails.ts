import * as z from 'zod';
import type { SandboxAccount } from '../sandbox/account.ts';
import { onCallAddress, owner } from './start.ts';

/** A mail of an alarm as the person on call read it. */
export interface AlarmMail {
  readonly at: number;
  /** The end of the alarm's name, such as `hourly/plan-unhealthy`. */
  readonly alarm: string;
  readonly state: string;
  readonly stateBefore: string;
  /** The alarm that made a composite alarm speak; an alarm that speaks for itself is its own. */
  readonly about: string;
}

/** The time in which one metric alarm was in ALARM, as the account's history has it. */
export interface Alert {
  readonly alarm: string;
  readonly from: number;
  /** Undefined while it lasts. */
  until: number | undefined;
}

const prefix = `dynamodb-backups/${owner}/`;

const mailSchema = z.object({
  AlarmName: z.string(),
  NewStateValue: z.string(),
  OldStateValue: z.string(),
  TriggeringChildren: z.object({ triggeringAlarms: z.array(z.object({ arn: z.string() })) }).optional(),
});

/** Every mail of an alarm, oldest first. */
export function alarmMails({ inbox }: SandboxAccount): AlarmMail[] {
  return inbox.messages(onCallAddress).flatMap(({ at, message }) => {
    const mail = mailSchema.safeParse(jsonOf(message)).data;
    if (!mail) return [];
    const [child] = mail.TriggeringChildren?.triggeringAlarms ?? [];
    const about = child?.arn.split(':alarm:')[1] ?? mail.AlarmName;
    const states = { state: mail.NewStateValue, stateBefore: mail.OldStateValue };
    return { at, alarm: shortOf(mail.AlarmName), about: shortOf(about), ...states };
  });
}

/** Every time in which a metric alarm was in ALARM, in the order of their beginnings. */
export function alerts({ alarms }: SandboxAccount): Alert[] {
  const found: Alert[] = [];
  const open = new Map<string, Alert>();
  for (const { at, alarm, alarmType, type, summary } of alarms.history()) {
    if (alarmType !== 'MetricAlarm' || type !== 'StateUpdate') continue;
    const before = open.get(alarm);
    if (before) before.until = at;
    open.delete(alarm);
    if (!summary.endsWith(' to ALARM')) continue;
    const alert: Alert = { alarm: shortOf(alarm), from: at, until: undefined };
    open.set(alarm, alert);
    found.push(alert);
  }
  return found;
}

function shortOf(alarmName: string): string {
  return alarmName.startsWith(prefix) ? alarmName.slice(prefix.length) : alarmName;
}

/** Other mails are prose. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
