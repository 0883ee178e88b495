import type { AlarmState, MuteRule } from '../../domain/doctor/alarm-findings.ts';
import type { Subscription } from '../../domain/doctor/audience.ts';

/** What CloudWatch knows of a deployment. Every method throws when it cannot be read whole. */
export interface AlarmStates {
  /** Alarms of both kinds whose names begin with a prefix; their names are given without it. */
  withPrefix(prefix: string): Promise<readonly AlarmState[]>;
  /** Rules that mute any of those alarms right now. */
  mutesOf(prefix: string): Promise<readonly MuteRule[]>;
  /** When `watch` last said that it saw everything; undefined for never within a day. */
  lastHeartbeat(now: Date): Promise<Date | undefined>;
}

/** Who is subscribed to a topic. Throws when SNS does not answer. */
export type SubscriptionsOf = (topicArn: string) => Promise<readonly Subscription[] | 'gone'>;
