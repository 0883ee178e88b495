import { AwsError } from './aws-error.ts';
import type { ApiCall, Service } from './front.ts';
import { decideByResourcePolicy } from './iam/resource-policy.ts';
import { Input } from './input.ts';

/** The keys that AWS manages for its services. */
export const managedKeyIds = {
  dynamodb: '00000000-0000-4000-8000-00000000dddb',
  backup: '00000000-0000-4000-8000-00000000bac0',
} as const;

/** A key by whatever it was named: its id, its ARN, or an alias. */
function spelt(key: string): string {
  return key.replace(/^arn:[^:]*:kms:[^:]*:\d*:/, '').replace(/^key\//, '');
}

/** What a key can be; one that is gone is known to nobody. */
type KeyState = 'Enabled' | 'Disabled' | 'PendingDeletion' | 'gone';

/**
 * The KMS keys of the account. Every key works until it is disabled or deleted. Key policies decide for the services that publish to
 * encrypted topics; for everybody else what grants and key policies say is not modelled.
 */
export class Keys {
  readonly #states = new Map<string, KeyState>();
  readonly #policies = new Map<string, unknown>();
  readonly #aliases = new Map<string, string>();
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
    return this.#states.get(this.#resolve(key)) ?? 'Enabled';
  }

  isUsable(key: string): boolean {
    return this.stateOf(key) === 'Enabled';
  }

  /** Keeps the policy of a key, which says what services may do with it. */
  setPolicy(key: string, policy: unknown): void {
    this.#policies.set(this.#resolve(key), policy);
  }

  setAlias(alias: string, key: string): void {
    this.#aliases.set(spelt(alias), spelt(key));
  }

  /**
   * Throws unless a service may encrypt with a key. A key without a policy of its own, and one that AWS manages, is for the people of
   * the account alone. Source: SNS developer guide, sns-key-management.
   */
  demandForService(key: string, service: string, context: ReadonlyMap<string, string>): void {
    if (!this.isUsable(key)) throw new AwsError('KMSDisabled', `${key} is disabled.`);
    const policy = this.#policies.get(this.#resolve(key));
    for (const action of ['kms:GenerateDataKey', 'kms:Decrypt']) {
      const decision = decideByResourcePolicy(policy, { service }, { action, resource: key, context });
      if (decision === 'allowed') continue;
      throw new AwsError(
        'KMSAccessDenied',
        `${service} is not authorized to perform: ${action} on resource: ${key} because no resource-based policy allows the ${action} action`,
      );
    }
  }

  /** Calls back whenever a key became usable or unusable. */
  watch(watcher: () => void): void {
    this.#watchers.push(watcher);
  }

  #resolve(key: string): string {
    const id = spelt(key);
    return this.#aliases.get(id) ?? id;
  }

  #put(key: string, state: KeyState): void {
    this.#states.set(this.#resolve(key), state);
    for (const watcher of this.#watchers) watcher();
  }
}

function describeKey(keys: Keys, call: ApiCall): object {
  const key = new Input(call.input).text('KeyId', { min: 1, max: 2048 });
  const state = keys.stateOf(key);
  if (state === 'gone') throw new AwsError('NotFoundException', `Key '${key}' does not exist`);
  const KeyManager = Object.values<string>(managedKeyIds).includes(spelt(key)) ? 'AWS' : 'CUSTOMER';
  return { KeyMetadata: { KeyId: spelt(key), Arn: key, KeyState: state, Enabled: state === 'Enabled', KeyManager } };
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
