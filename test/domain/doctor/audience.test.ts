import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { audienceFindings, type Subscription } from '../../../lambda/domain/doctor/audience.ts';

const arn = 'arn:aws:sns:eu-central-1:123456789012:alarms';

function aSubscription(changes: Partial<Subscription> = {}): Subscription {
  return { protocol: 'email', endpoint: 'oncall@example.com', isConfirmed: true, ...changes };
}

const aPending = aSubscription({ isConfirmed: false });

/** What is found, as `state: what it says`. */
function found(subscriptions: readonly Subscription[] | 'gone', others: readonly string[] = []): string[] {
  return audienceFindings([{ arn, subscriptions }], others).map(({ state, says }) => `${state}: ${says}`);
}

describe('[M03] whether anybody would hear an alarm', () => {
  test('somebody hears when a subscription is confirmed', () => {
    const [mail, queue] = [aSubscription(), aSubscription({ protocol: 'sqs', endpoint: 'arn:aws:sqs:…:calls' })];

    expect(found([queue, mail])).toEqual([`fine: 2 confirmed at topic ${arn}: email, sqs`]);
  });

  test('nobody hears where nobody is subscribed, or nobody has confirmed', () => {
    const nobody = `wrong: nobody would hear an alarm: topic ${arn} has no confirmed subscription`;

    expect(found([])).toEqual([nobody]);
    expect(found([aPending])).toEqual([nobody, `wrong: 1 not confirmed at topic ${arn}: email …@example.com`]);
  });

  test('nobody hears through a topic that is gone, nor where alarms do nothing', () => {
    expect(found('gone', ['lambda'])).toEqual([`wrong: topic ${arn} is gone, and its alarms are lost`]);
    expect(audienceFindings([], [])).toMatchObject([
      { state: 'wrong', says: 'alarms call nobody: none of them has an action' },
    ]);
  });

  test('who was invited and has not confirmed hears nothing, whoever else does', () => {
    const pager = aSubscription({
      protocol: 'https',
      endpoint: 'https://pager.example.com/secret',
      isConfirmed: false,
    });

    expect(found([aSubscription(), pager])).toEqual([
      `fine: 1 confirmed at topic ${arn}: email`,
      `wrong: 1 not confirmed at topic ${arn}: https`,
    ]);
  });

  test('a topic without subscribers is fine where alarms act through something else', () => {
    expect(found([], ['lambda'])).toEqual([`fine: nobody at topic ${arn}, but alarms act through lambda as well`]);
    expect(audienceFindings([], ['lambda'])).toEqual([]);
  });

  test('no address is said whole', () => {
    const names = fc.stringMatching(/^secret-[a-z0-9@/]{1,12}$/);
    const subscriptions = fc.array(
      fc.record({
        protocol: fc.constantFrom('email', 'email-json', 'https', 'sms', 'sqs'),
        endpoint: fc.tuple(names, fc.constantFrom('', '@example.com')).map((parts) => parts.join('')),
        isConfirmed: fc.boolean(),
      }),
    );

    fc.assert(fc.property(subscriptions, (each) => !JSON.stringify(found(each)).includes('secret-')));
  });
});
