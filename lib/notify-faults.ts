import type { Stack } from 'aws-cdk-lib';
import * as z from 'zod';
import { describeValue } from '../lambda/domain/faults.ts';
import { foreignPlaces } from './foreign-places.ts';
import type { NotifyProps } from './monitoring-props.ts';

const emailAddress = z.email();
/** CloudWatch performs five actions per state (source: PutMetricAlarm, AlarmActions), and the topic is one of them. */
const mostActions = 4;

/** Says what is wrong with who is to hear an alarm; nothing when everybody can. */
export function notifyFaults(stack: Stack, { emails = [], topic, slack, actions = [] }: NotifyProps = {}): string[] {
  return [
    ...emails.flatMap((email, index) => emailFaults(email, index, emails)),
    ...(topic ? topicFaults(stack, topic) : []),
    ...(slack ? slackFaults(slack) : []),
    ...(actions.length > mostActions
      ? [
          `notify.actions must be at most ${mostActions}, for the topic is one of CloudWatch's five, got ${actions.length}`,
        ]
      : []),
  ];
}

function emailFaults(email: string, index: number, emails: readonly string[]): string[] {
  const path = `notify.emails.${index}`;
  if (!emailAddress.safeParse(email).success) return [`${path} must be an e-mail address, got ${describeValue(email)}`];
  const isRepeated = emails.indexOf(email) < index;
  return isRepeated ? [`${path} must be given once, got ${describeValue(email)} again`] : [];
}

/** > An alarm can be sent only to a topic of its own Region. */
function topicFaults(stack: Stack, { topicArn, env }: NonNullable<NotifyProps['topic']>): string[] {
  return foreignPlaces(stack, { arn: topicArn, env })
    .filter(({ kind }) => kind !== 'account')
    .map(({ kind, here, there }) => `notify.topic must be a topic of ${kind} ${here}, got one of ${there}`);
}

function slackFaults({ workspaceId, channelId }: NonNullable<NotifyProps['slack']>): string[] {
  return [
    ...idFaults('workspaceId', workspaceId, /^T[0-9A-Z]{1,254}$/, 'the id of a workspace, such as T0123ABCD'),
    ...idFaults('channelId', channelId, /^[CG][0-9A-Z]{1,254}$/, 'the id of a channel, such as C0123ABCD'),
  ];
}

function idFaults(name: string, id: string, pattern: RegExp, allowed: string): string[] {
  return pattern.test(id) ? [] : [`notify.slack.${name} must be ${allowed}, got ${describeValue(id)}`];
}
