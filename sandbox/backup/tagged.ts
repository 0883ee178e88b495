import { AwsError } from '../aws-error.ts';
import type { ApiCall } from '../front.ts';
import { Input } from '../input.ts';
import { invalidParameter, notFound } from './backup-errors.ts';
import { pageOf } from './paging.ts';
import type { RecoveryPoints } from './recovery-points.ts';
import { tagsFrom } from './vault.ts';
import type { Vaults } from './vaults.ts';

const mostTags = 50;

/** Tags of vaults and recovery points. */
export class Tagged {
  readonly #vaults: Vaults;
  readonly #points: RecoveryPoints;

  constructor(vaults: Vaults, points: RecoveryPoints) {
    this.#vaults = vaults;
    this.#points = points;
  }

  /** The tags of what an ARN names; undefined when there is no such thing. */
  of(arn: string): Map<string, string> | undefined {
    return this.#points.find(arn)?.tags ?? this.#vaults.all.find((vault) => vault.arn === arn)?.tags;
  }

  list(call: ApiCall): object {
    const { rows, token } = pageOf(call, [...this.#named(call)], ([key]) => key);
    return { Tags: Object.fromEntries(rows), ...token };
  }

  put(call: ApiCall): void {
    const tags = this.#named(call);
    const added = tagsFrom(new Input(call.input).members.Tags);
    if (new Set([...tags.keys(), ...added.keys()]).size > mostTags)
      throw new AwsError('LimitExceededException', `only ${mostTags} tags are allowed`);
    for (const [key, value] of added) tags.set(key, value);
  }

  remove(call: ApiCall): void {
    const tags = this.#named(call);
    for (const key of new Input(call.input).texts('TagKeyList')) tags.delete(key);
  }

  /** > An ARN other than of AWS Backup's own cannot be asked for tags: backups in DynamoDB have none. Source: service model, ListTags. */
  #named(call: ApiCall): Map<string, string> {
    const arn = new Input(call.input).text('ResourceArn');
    if (!/^arn:[^:]+:backup:/.test(arn)) throw invalidParameter(`AWS Backup keeps no tags of ${arn}`);
    const tags = this.of(arn);
    if (!tags) throw notFound(`${arn} cannot be found`);
    return tags;
  }
}
