import { AwsError } from './aws-error.ts';
import type { ApiCall, Service } from './front.ts';
import { Input } from './input.ts';

/** A key by whatever it was named: its id, its ARN, or an alias. */
function spelt(key: string): string {
  return key.replace(/^arn:[^:]*:kms:[^:]*:\d*:/, '').replace(/^key\//, '');
}

/** What a key can be; one that is gone is known to nobody. */
type KeyState = 'Enabled' | 'Disabled' | 'PendingDeletion' | 'gone';

/** The KMS keys of the account. Every key works until it is disabled or deleted; what grants and key policies say is not modelled. */
export class Keys {
  readonly #states = new Map<string, KeyState>();
  readonly #watchers: (() => void)[] = [];

  disable(key: string): void {
    this.#put(key, 'Disabled');
  }

  enable(key: string): void {
    this.#put(key, 'Enabled');
  }

  /** The key waits for its deletion, and cannot be used meanwhile. */
  scheduleDeletion(key: string): void {
    this.#put(key, 'PendingDeletion');
  }

  /** The waiting period is over. */
  delete(key: string): void {
    this.#put(key, 'gone');
  }

  stateOf(key: string): KeyState {
    return this.#states.get(spelt(key)) ?? 'Enabled';
  }

  isUsable(key: string): boolean {
    return this.stateOf(key) === 'Enabled';
  }

  /** Calls back whenever a key became usable or unusable. */
  watch(watcher: () => void): void {
    this.#watchers.push(watcher);
  }

  #put(key: string, state: KeyState): void {
    this.#states.set(spelt(key), state);
    for (const watcher of this.#watchers) watcher();
  }
}

function describeKey(keys: Keys, call: ApiCall): object {
  const key = new Input(call.input).text('KeyId', { min: 1, max: 2048 });
  const state = keys.stateOf(key);
  if (state === 'gone') throw new AwsError('NotFoundException', `Key '${key}' does not exist`);
  return { KeyMetadata: { KeyId: spelt(key), Arn: key, KeyState: state, Enabled: state === 'Enabled' } };
}

/** The KMS API, for looking at keys. */
export function kmsService(keys: Keys): Service {
  return {
    name: 'kms',
    contentType: 'application/x-amz-json-1.1',
    operations: { DescribeKey: (call) => describeKey(keys, call) },
    errorBody: (error) => ({ __type: error.name, message: error.message }),
  };
}
