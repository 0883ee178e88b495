import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { BackupClient } from '@aws-sdk/client-backup';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { KMSClient } from '@aws-sdk/client-kms';
import { awsBackups } from '../../../lambda/aws/aws-backups.ts';
import { dynamoDbBackups } from '../../../lambda/aws/dynamodb-backups.ts';
import { DynamoDbDrillLedger } from '../../../lambda/aws/dynamodb-drill-ledger.ts';
import { restoreLedger } from '../../../lambda/aws/dynamodb-restore-ledger.ts';
import { DynamoDbRestores } from '../../../lambda/aws/dynamodb-restores.ts';
import { DynamoDbSettingsLedger } from '../../../lambda/aws/dynamodb-settings-ledger.ts';
import { pointRestores } from '../../../lambda/aws/recovery-point-restores.ts';
import { tableSettings } from '../../../lambda/aws/table-settings.ts';
import { settingNames } from '../../../lambda/domain/settings.ts';
import type { Durable } from '../../../lambda/jobs/drill/durable.ts';
import type { Timing } from '../../../lambda/jobs/ports.ts';
import type { RestorePorts } from '../../../lambda/jobs/restore/ports.ts';
import type { RestoreResult } from '../../../lambda/jobs/restore/restore-result.ts';
import { restoreTable } from '../../../lambda/jobs/restore/restore-table.ts';
import type { RestoreWish } from '../../../lambda/jobs/restore/restore-wish.ts';
import { shellDurable } from '../../../lambda/jobs/restore/shell-durable.ts';
import { surveyRestore, type Survey } from '../../../lambda/jobs/restore/survey.ts';
import type { SandboxAccount } from '../../../sandbox/account.ts';
import { owner } from '../world.ts';

/** Where somebody restores: the Region of a shell, and what is there. */
export interface Place {
  readonly account: SandboxAccount;
  readonly ledger?: string;
  readonly vault?: string;
  readonly role?: string;
  /** Region of the backups of DynamoDB and of the ledger, where it is another. */
  readonly source?: SandboxAccount;
}

const roleOfPeople = 'arn:aws:iam::123456789012:role/restore-by-hand';

/** Somebody who restores in earnest, with a sandbox account for AWS. */
export class Restorer {
  readonly place: Place;
  readonly #change: (ports: RestorePorts) => RestorePorts;

  constructor(place: Place, change = (ports: RestorePorts) => ports) {
    this.place = place;
    this.#change = change;
  }

  /** As a process of its own has them. */
  get ports(): RestorePorts {
    return this.#change(portsIn(this.place));
  }

  /** The table `orders` into `orders-again`, by the newest backup; parts can be replaced. */
  wish(parts: Partial<RestoreWish> = {}): RestoreWish {
    return {
      table: 'orders',
      target: 'orders-again',
      owner,
      region: this.place.account.region,
      engine: this.place.vault === undefined ? 'dynamodb' : 'aws-backup',
      isAnyWelcome: false,
      isResumed: false,
      billing: 'as-backed-up',
      rearm: settingNames,
      sample: { items: 1000, bytes: 1_000_000 },
      timeoutMilliseconds: 24 * 3_600_000,
      ...parts,
    };
  }

  survey(parts: Partial<RestoreWish> = {}): Promise<Survey> {
    return this.#run(surveyRestore(this.wish(parts), this.ports));
  }

  /** Restores what a survey of the same wish chose; throws when something is in the way. */
  restore(parts: Partial<RestoreWish> = {}, durable = this.shell()): Promise<RestoreResult> {
    return this.#run(this.#restore(this.wish(parts), durable));
  }

  /** A shell that dies before its step of that number, counted over steps and polls, or after it where `isAfter`. */
  async restoreAndDie(diesAt: { readonly step: number; readonly isAfter: boolean }): Promise<'died' | RestoreResult> {
    const death = Promise.withResolvers<'died'>();
    const mortal = mortalDurable(this.shell(), diesAt, () => {
      death.resolve('died');
    });
    return this.#run(Promise.race([this.#restore(this.wish(), mortal), death.promise]));
  }

  shell(): Durable {
    return shellDurable({ executionId: 'a shell', timing: this.ports.timing, tell: () => undefined });
  }

  async #restore(wish: RestoreWish, durable: Durable): Promise<RestoreResult> {
    const { ports } = this;
    const { chosen, obstacle } = await surveyRestore(wish, ports);
    if (!chosen) throw new Error(obstacle);
    return await restoreTable(wish, chosen, durable, ports);
  }

  #run<Result>(promise: Promise<Result>): Promise<Result> {
    return this.place.account.clock.runUntilSettled(promise);
  }
}

const never = new Promise<never>(() => undefined);

function mortalDurable(
  durable: Durable,
  { step: last, isAfter }: { readonly step: number; readonly isAfter: boolean },
  die: () => void,
): Durable {
  let steps = 0;
  const survive = async <Result>(act: () => Promise<Result>): Promise<Result> => {
    steps += 1;
    const isLast = steps === last;
    if (isLast && !isAfter) return await end();
    const result = await act();
    return isLast ? await end() : result;
  };
  const end = (): Promise<never> => {
    die();
    return never;
  };
  return {
    executionId: durable.executionId,
    step: (name, act) => survive(() => durable.step(name, act)),
    poll: (name, initial, look, pause) => survive(() => durable.poll(name, initial, look, pause)),
  };
}

function portsIn({ account, ledger, vault, role = roleOfPeople, source = account }: Place): RestorePorts {
  const timing: Timing = {
    now: () => account.now,
    sleep: (milliseconds) => account.clock.sleep(milliseconds),
    random: () => 0.5,
  };
  const of = (there: SandboxAccount) => ({
    dynamodb: there.client(DynamoDBClient),
    dynamodbOnce: there.client(DynamoDBClient, { maxAttempts: 1 }),
  });
  const [here, there] = [of(account), of(source)];
  const backup = account.client(BackupClient);
  const points = vault === undefined ? undefined : { vaultName: vault, region: account.region, roleArn: role };
  return {
    backups:
      vault === undefined
        ? dynamoDbBackups(there, { listed: 'ALL' })
        : awsBackups(backup, { vaultName: vault, roleArn: undefined }, timing),
    restores: new DynamoDbRestores(here, {
      source: there.dynamodb,
      points: points && pointRestores({ backup, kms: account.client(KMSClient) }, points),
    }),
    settings: tableSettings(
      {
        dynamodb: here.dynamodb,
        autoScaling: account.client(ApplicationAutoScalingClient),
        cloudWatch: account.client(CloudWatchClient),
      },
      timing,
    ),
    timing,
    log: { warn: () => undefined, error: () => undefined },
    ledger:
      ledger === undefined
        ? undefined
        : {
            restores: restoreLedger(there.dynamodb, ledger),
            snapshots: new DynamoDbSettingsLedger(there.dynamodb, ledger),
            drills: new DynamoDbDrillLedger(there.dynamodb, ledger),
          },
  };
}
