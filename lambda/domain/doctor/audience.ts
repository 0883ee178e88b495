import { runbook, type Finding } from './finding.ts';

/** One subscription of a topic. */
export interface Subscription {
  /** `email`, `https`, `sqs` … */
  readonly protocol: string;
  readonly endpoint: string;
  readonly isConfirmed: boolean;
}

/** A topic that alarms are sent to, and who is subscribed to it. */
export interface AlarmTopic {
  readonly arn: string;
  readonly subscriptions: readonly Subscription[] | 'gone';
}

/** What alarms do beside publishing to topics, by the service that does it, such as `lambda`. */
export type OtherActions = readonly string[];

/**
 * Whether anybody would hear an alarm.
 * > Somebody hears when a topic has a confirmed subscription, or when alarms act through something else as well; whoever was invited and has
 * > not confirmed hears nothing.
 * > Of an address only its kind and, of a mail address, its domain are said.
 */
export function audienceFindings(topics: readonly AlarmTopic[], others: OtherActions): Finding[] {
  if (topics.length === 0 && others.length === 0)
    return [wrong('alarms call nobody: none of them has an action', `deploy again; ${runbook('nobody-listens')}`)];
  return topics.flatMap((topic) => findingsOf(topic, others));
}

function findingsOf({ arn, subscriptions }: AlarmTopic, others: OtherActions): Finding[] {
  if (subscriptions === 'gone') return [wrong(`topic ${arn} is gone, and its alarms are lost`, 'deploy again')];
  const confirmed = subscriptions.filter(({ isConfirmed }) => isConfirmed);
  const pending = subscriptions.filter(({ isConfirmed }) => !isConfirmed);
  return [hearing(arn, confirmed, others), ...(pending.length > 0 ? [unconfirmed(arn, pending)] : [])];
}

function hearing(arn: string, confirmed: readonly Subscription[], others: OtherActions): Finding {
  if (confirmed.length > 0) {
    const kinds = confirmed.map(({ protocol }) => protocol).sort();
    return fine(`${confirmed.length} confirmed at topic ${arn}: ${kinds.join(', ')}`);
  }
  if (others.length > 0) return fine(`nobody at topic ${arn}, but alarms act through ${others.join(', ')} as well`);
  const nobody = `nobody would hear an alarm: topic ${arn} has no confirmed subscription`;
  return wrong(nobody, `subscribe somebody and have it confirmed; ${runbook('nobody-listens')}`);
}

function unconfirmed(arn: string, pending: readonly Subscription[]): Finding {
  const who = pending.map(withoutName).sort().join(', ');
  const remedy = `confirm, or take it out of notify.emails; ${runbook('subscription-unconfirmed')}`;
  return wrong(`${pending.length} not confirmed at topic ${arn}: ${who}`, remedy);
}

function withoutName({ protocol, endpoint }: Subscription): string {
  const domain = protocol.startsWith('email') ? /@([^@]+)$/.exec(endpoint)?.[1] : undefined;
  return domain === undefined ? protocol : `${protocol} …@${domain}`;
}

function fine(says: string): Finding {
  return { state: 'fine', about: 'audience', says };
}

function wrong(says: string, remedy: string): Finding {
  return { state: 'wrong', about: 'audience', says, remedy };
}
