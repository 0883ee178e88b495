import { describe, expect, test } from '@jest/globals';
import { eventBridge } from '../../lambda/aws/event-bridge.ts';
import type { Event } from '../../lambda/domain/events/event.ts';
import { pruneEvents } from '../../lambda/jobs/prune-events.ts';
import { aPruneReport } from '../jobs/event-reports.ts';
import { Refusal, StubAws, type Answers } from './stub-aws.ts';

interface Entry {
  readonly Source: string;
  readonly DetailType: string;
  readonly Detail: string;
}

const slot = new Date('2026-11-20T04:00:00Z');

/** So many events of their own, each with a message of so many characters. */
function someEvents(count: number, characters = 10): Event[] {
  return Array.from({ length: count }, (_, nth) => {
    const report = aPruneReport({ plan: `plan-${nth}`, blocked: { by: 'deletion-cap', detail: 'x' } });
    const [event] = pruneEvents(report, { owner: 'ab12cd34', slot, now: slot });
    if (event?.type !== 'Retention Blocked') throw new Error('a blocked run tells so');
    return { ...event, detail: { ...event.detail, message: 'x'.repeat(characters) } };
  });
}

function aBus(answers: Answers) {
  const aws = new StubAws(answers);
  const logged: string[] = [];
  const note = (message: string) => logged.push(message);
  const events = eventBridge(aws.eventBridge, 'default', { timing: aws.timing, log: { warn: note, error: note } });
  return { aws, logged, events };
}

const accept = (input: Readonly<Record<string, unknown>>) => ({
  FailedEntryCount: 0,
  Entries: entriesOf(input).map((_, nth) => ({ EventId: `event-${nth}` })),
});

function entriesOf(input: Readonly<Record<string, unknown>> | undefined): Entry[] {
  return (input?.Entries ?? []) as Entry[];
}

describe('events', () => {
  test('go to the bus by the name of our source, with their details as JSON', async () => {
    const { aws, events } = aBus({ PutEvents: accept });
    const [event] = someEvents(1);

    expect(await events.send(someEvents(1))).toBe(0);

    expect(entriesOf(aws.inputsOf('PutEvents')[0])).toEqual([
      {
        EventBusName: 'default',
        Source: 'dynamodb-backups',
        DetailType: 'Retention Blocked',
        Time: slot.getTime() / 1000,
        Resources: [],
        Detail: JSON.stringify(event?.detail),
      },
    ]);
  });

  test('that are none need no call', async () => {
    const { aws, events } = aBus({ PutEvents: accept });

    expect(await events.send([])).toBe(0);
    expect(aws.calls).toEqual([]);
  });

  test('travel ten to a call', async () => {
    const { aws, events } = aBus({ PutEvents: accept });

    await events.send(someEvents(25));

    expect(aws.inputsOf('PutEvents').map((input) => entriesOf(input).length)).toEqual([10, 10, 5]);
  });

  test('of one call are no larger together than a call may carry', async () => {
    const { aws, events } = aBus({ PutEvents: accept });

    await events.send(someEvents(5, 100_000));

    expect(aws.inputsOf('PutEvents').map((input) => entriesOf(input).length)).toEqual([2, 2, 1]);
  });

  test('that were not accepted are sent once more, and only those', async () => {
    let calls = 0;
    const { aws, events } = aBus({
      PutEvents: (input) => {
        calls += 1;
        if (calls > 1) return accept(input);
        return {
          FailedEntryCount: 1,
          Entries: [
            { EventId: '1' },
            { ErrorCode: 'ThrottlingException', ErrorMessage: 'slow down' },
            { EventId: '3' },
          ],
        };
      },
    });

    expect(await events.send(someEvents(3))).toBe(0);

    const [, again] = aws.inputsOf('PutEvents');
    expect(entriesOf(again).map(({ Detail }) => (JSON.parse(Detail) as { plan: string }).plan)).toEqual(['plan-1']);
    expect(aws.slept).toHaveLength(1);
  });

  test('that are never accepted are counted and logged', async () => {
    const refuse = { FailedEntryCount: 1, Entries: [{ ErrorCode: 'InternalFailure', ErrorMessage: 'sorry' }] };
    const { logged, events } = aBus({ PutEvents: refuse });

    expect(await events.send(someEvents(1))).toBe(1);
    expect(logged).toEqual(['events were not accepted', 'events were not accepted']);
  });

  test('that may not be sent are counted and logged, and the next call is made all the same', async () => {
    let calls = 0;
    const { logged, events } = aBus({
      PutEvents: (input) => (++calls === 1 ? new Refusal('AccessDeniedException') : accept(input)),
    });

    expect(await events.send(someEvents(12))).toBe(10);
    expect(logged).toEqual(['events could not be sent']);
  });
});
