import type { EventType } from '../../lambda/domain/events/event.ts';
import type { SandboxAccount } from '../../sandbox/account.ts';

export interface Entry {
  readonly Source: string;
  readonly DetailType: EventType;
  readonly Detail: string;
}

/** Every entry that the account's bus accepted, in order. */
export function sentBy(account: SandboxAccount): Entry[] {
  return account.journal
    .entries({ service: 'events', operation: 'PutEvents', outcome: 'ok' })
    .flatMap(({ input }) => (input as { Entries: Entry[] }).Entries);
}
