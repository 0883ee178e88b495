/** A message as a subscriber reads it. */
export interface InboxMessage {
  readonly at: number;
  readonly topicArn: string;
  readonly protocol: string;
  /** An address or a URL. */
  readonly endpoint: string;
  readonly subject: string;
  /** The text of a mail, or the JSON that is posted to a URL. */
  readonly message: string;
}

/** What left the account by mail and HTTPS. `confirm` is what a subscriber does with the mail that asks for it. */
export class Inbox {
  readonly #capacity: number;
  readonly #confirm: (endpoint: string) => number;
  #messages: InboxMessage[] = [];

  constructor(confirm: (endpoint: string) => number, capacity = 10_000) {
    this.#confirm = confirm;
    this.#capacity = capacity;
  }

  /** Oldest first; of one endpoint, or all. Requests to confirm a subscription are among them. */
  messages(endpoint?: string): readonly InboxMessage[] {
    return this.#messages.filter((message) => endpoint === undefined || message.endpoint === endpoint);
  }

  /** Confirms every pending subscription of an endpoint. Throws when there is none. */
  confirm(endpoint: string): void {
    if (this.#confirm(endpoint) === 0) throw new Error(`no subscription of ${endpoint} waits for confirmation`);
  }

  add(message: InboxMessage): void {
    this.#messages.push(message);
    if (this.#messages.length >= 2 * this.#capacity) this.#messages = this.#messages.slice(-this.#capacity);
  }
}
