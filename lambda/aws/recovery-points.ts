import {
  DescribeRecoveryPointCommand,
  paginateListRecoveryPointsByBackupVault,
  paginateListTags,
  type BackupClient,
  type DescribeRecoveryPointCommandOutput,
  type RecoveryPointByBackupVault,
} from '@aws-sdk/client-backup';
import pMap from 'p-map';
import { parseDynamoDbArn } from '../domain/arn.ts';
import type { Backup, KeptByAws } from '../domain/backup.ts';
import { failureOf } from './failures.ts';
import { paced } from './rates.ts';
import { recoveryPointTags } from './recovery-point-tags.ts';

type Tags = Readonly<Record<string, string>>;
type RecoveryPoint = RecoveryPointByBackupVault | DescribeRecoveryPointCommandOutput;

/** What AWS keeps, whatever a recovery point itself says. */
export interface Keeping {
  /** Whether the vault is locked. */
  readonly isLocked: boolean;
  /** ARNs of those on legal hold, as far as they were asked for. */
  readonly onLegalHold: ReadonlySet<string>;
}

/** Of which recovery points the tags are read, each by a call of its own. */
interface Wanted {
  readonly since?: Date | undefined;
  readonly tableName?: string | undefined;
}

const concurrentTagReads = 8;
const pageSize = 1000;

/** Reads recovery points of one vault, as backups. Everything throws when AWS does not answer. */
export class RecoveryPoints {
  readonly #client: BackupClient;
  readonly #vaultName: string;
  /** Tags of listed recovery points, which nobody but a person changes: a deletion looks at them anew. */
  readonly #knownTags = new Map<string, Tags>();
  readonly #tagsOf = paced('listTagsOfRecoveryPoint', (arn: string) => this.#readTags(arn));
  readonly #describe = paced('describeRecoveryPoint', (arn: string) => this.#readOne(arn));
  readonly #listPage = paced('listRecoveryPoints', (next: () => Promise<IteratorResult<Page, undefined>>) => next());

  constructor(client: BackupClient, vaultName: string) {
    this.#client = client;
    this.#vaultName = vaultName;
  }

  /** The recovery points of tables, or of one, whoever made them. > A listing whose token expires begins anew, once. */
  async list({ since, tableName }: Wanted, keeping: Keeping): Promise<Backup[]> {
    const listed = await this.#listAll(since);
    const points = listed.filter((point) => tableName === undefined || tableNameOf(point) === tableName);
    const backups = await pMap(points, (point) => this.#listed(point, keeping), { concurrency: concurrentTagReads });
    return backups.flatMap((backup) => backup ?? []);
  }

  /** One recovery point as it is now; `undefined` when there is none. */
  async find(arn: string, keeping: Keeping): Promise<Backup | undefined> {
    const point = await this.status(arn);
    const tags = point && (await this.#tagsIfAny(arn));
    return tags && backupFrom(point, tags, keeping);
  }

  /** The same without its tags. */
  async status(arn: string): Promise<DescribeRecoveryPointCommandOutput | undefined> {
    return await unlessMissing(() => this.#describe(arn));
  }

  async #listAll(since: Date | undefined): Promise<RecoveryPoint[]> {
    try {
      return await this.#readPages(since);
    } catch (error) {
      if (!(error instanceof BrokenOff)) throw error;
      return await this.#readPages(since);
    }
  }

  async #readPages(since: Date | undefined): Promise<RecoveryPoint[]> {
    const pages = paginateListRecoveryPointsByBackupVault(
      { client: this.#client, pageSize, stopOnSameToken: false },
      { BackupVaultName: this.#vaultName, ...(since && { ByCreatedAfter: since }) },
    )[Symbol.asyncIterator]();
    const points: RecoveryPoint[] = [];
    const tokens = new Set<string>();
    for (;;) {
      const page = await this.#nextPage(pages, tokens.size > 0);
      if (page === undefined) return points;
      points.push(...(page.RecoveryPoints ?? []));
      if (page.NextToken !== undefined && tokens.has(page.NextToken))
        throw new Error(`the listing of recovery points repeats its token ${page.NextToken}`);
      if (page.NextToken !== undefined) tokens.add(page.NextToken);
    }
  }

  async #nextPage(pages: AsyncIterator<Page, undefined>, isLater: boolean): Promise<Page | undefined> {
    try {
      const page = await this.#listPage(() => pages.next());
      return page.done ? undefined : page.value;
    } catch (error) {
      if (isLater && failureOf(error).kind === 'invalid') throw new BrokenOff(error);
      throw error;
    }
  }

  async #listed(point: RecoveryPoint, keeping: Keeping): Promise<Backup | undefined> {
    if (tableNameOf(point) === undefined) return undefined;
    const arn = point.RecoveryPointArn ?? '';
    const tags = this.#knownTags.get(arn) ?? (await this.#tagsIfAny(arn));
    if (!tags) return undefined;
    this.#knownTags.set(arn, tags);
    return backupFrom(point, tags, keeping);
  }

  /** `undefined` when the recovery point is gone. > A recovery point that AWS Backup does not fully manage has no tags, and is not ours. */
  async #tagsIfAny(arn: string): Promise<Tags | undefined> {
    return managed.test(arn) ? await unlessMissing(() => this.#tagsOf(arn)) : {};
  }

  async #readTags(arn: string): Promise<Tags> {
    const tags: Record<string, string> = {};
    for await (const page of paginateListTags({ client: this.#client }, { ResourceArn: arn })) {
      Object.assign(tags, page.Tags);
    }
    return tags;
  }

  async #readOne(arn: string): Promise<DescribeRecoveryPointCommandOutput> {
    return await this.#client.send(
      new DescribeRecoveryPointCommand({ BackupVaultName: this.#vaultName, RecoveryPointArn: arn }),
    );
  }
}

interface Page {
  readonly NextToken?: string | undefined;
  readonly RecoveryPoints?: RecoveryPointByBackupVault[] | undefined;
}

/** A later page was refused: its token is not good any more. */
class BrokenOff extends Error {
  constructor(cause: unknown) {
    super('the listing of recovery points broke off', { cause });
  }
}

const managed = /^arn:[a-z-]+:backup:/;

async function unlessMissing<Found>(read: () => Promise<Found>): Promise<Found | undefined> {
  try {
    return await read();
  } catch (error) {
    if (failureOf(error).kind === 'missing') return undefined;
    throw error;
  }
}

function tableNameOf({ ResourceArn = '' }: RecoveryPoint): string | undefined {
  return parseDynamoDbArn(ResourceArn)?.tableName;
}

/** Absent facts become empty ones: retention calls such a backup unjudgeable and keeps it. */
function backupFrom(point: RecoveryPoint, tags: Tags, keeping: Keeping): Backup {
  const kept = keptByAws(point, keeping);
  return {
    arn: point.RecoveryPointArn ?? '',
    name: tags[recoveryPointTags.name] ?? 'without-name',
    tableName: tableNameOf(point) ?? '',
    tableId: tags[recoveryPointTags.tableId] ?? 'without-table-id',
    createdAt: point.CreationDate,
    status: statusOf(point),
    type: isContinuous(point) ? 'CONTINUOUS' : 'RECOVERY_POINT',
    sizeBytes: point.BackupSizeInBytes,
    ...(kept && { keptByAws: kept }),
  };
}

/** `COMPLETED` and `AVAILABLE` are both said of recovery points that can be restored (source: `DescribeRecoveryPoint`). */
const statuses: Readonly<Record<string, string>> = {
  COMPLETED: 'AVAILABLE',
  AVAILABLE: 'AVAILABLE',
  CREATING: 'CREATING',
  DELETING: 'DELETED',
};

export function statusOf({ Status }: Pick<RecoveryPoint, 'Status'>): string {
  const status: string = Status ?? '';
  return statuses[status] ?? status;
}

/** > A recovery point that moves along with its table is never deleted. It is known by its id, or by having been stopped. */
function isContinuous({ RecoveryPointArn = '', Status }: RecoveryPoint): boolean {
  return RecoveryPointArn.includes(':recovery-point:continuous:') || Status === 'STOPPED';
}

function keptByAws(
  { RecoveryPointArn = '', CalculatedLifecycle }: RecoveryPoint,
  { isLocked, onLegalHold }: Keeping,
): KeptByAws | undefined {
  const coldFrom = CalculatedLifecycle?.MoveToColdStorageAt;
  const isOnLegalHold = onLegalHold.has(RecoveryPointArn);
  if (!isLocked && !isOnLegalHold && !coldFrom) return undefined;
  return {
    ...(isLocked && { lockedUntil: CalculatedLifecycle?.DeleteAt ?? 'for-good' }),
    ...(isOnLegalHold && { isOnLegalHold }),
    ...(coldFrom && { coldFrom }),
  };
}
