import { createHash } from 'node:crypto';
import type { Backup } from '../../lambda/domain/backup.ts';
import { completeListing } from '../../lambda/domain/listing.ts';
import { planSchema, type Engine, type Plan, type PlanInput } from '../../lambda/domain/plan.ts';
import { judge, type Judgement, type Question } from '../../lambda/domain/retention.ts';

type PlanParts = Partial<Pick<PlanInput, 'keep' | 'minimumCopies' | 'prune' | 'objectives'>> & {
  timeZone?: string;
  engine?: Engine;
};

/** A plan that keeps as little as the floors allow unless told otherwise: `last: 1`, one copy, no deletion caps to speak of. */
export function aPlan({ timeZone = 'UTC', engine = 'dynamodb', ...parts }: PlanParts = {}): Plan {
  return planSchema.parse({
    name: 'orders',
    tables: { named: ['orders'] },
    backup: { schedule: 'rate(1 hour)', timeZone, engine },
    keep: { last: 1 },
    minimumCopies: 1,
    prune: { deletionCap: { perTableCount: 1_000_000, perTablePercent: 100, perRun: 1_000_000 } },
    ...parts,
  });
}

/** One of our own complete backups of the table `orders`, created at the instant given; its ARN is made of what it says. */
export function backupAt(createdAt: string | Date | undefined, parts: Partial<Backup> = {}): Backup {
  const at = typeof createdAt === 'string' ? new Date(createdAt) : createdAt;
  const { tableName = 'orders', tableId = `id-of-${tableName}` } = parts;
  const sealed = createHash('sha256')
    .update(JSON.stringify([tableId, at?.getTime(), parts]))
    .digest('hex');
  return {
    arn: `arn:aws:dynamodb:eu-central-1:123456789012:table/${tableName}/backup/${sealed.slice(0, 8)}`,
    name: `ours.${sealed.slice(8, 16)}`,
    tableName,
    tableId,
    createdAt: at,
    status: 'AVAILABLE',
    type: 'USER',
    sizeBytes: 4096,
    ...parts,
  };
}

/** Judges backups of which those named `ours.…` are the plan's own, of tables that are all live unless told otherwise. */
export function judgeThat(backups: readonly Backup[], parts: Partial<Question> = {}): Judgement {
  return judge({
    listing: completeListing(backups),
    plan: aPlan(),
    isOwn: ({ name }) => name.startsWith('ours.'),
    liveTables: new Map(backups.map(({ tableName, tableId }) => [tableName, tableId])),
    holds: new Set(),
    now: new Date('2026-11-21T12:00:00Z'),
    ...parts,
  });
}

/** The creation times of what a judgement would delete, as `2026-11-20T03`, in the order of the verdicts. */
export function expiredTimes({ verdicts }: Judgement): string[] {
  return verdicts
    .filter(({ verdict }) => verdict === 'delete')
    .map(({ backup }) => backup.createdAt?.toISOString().slice(0, 13) ?? 'undated');
}

/** The codes of the reasons given on the nth verdict. */
export function codesOf({ verdicts }: Judgement, nth = 0): string[] {
  return verdicts[nth]?.reasons.map(({ code }) => code) ?? [];
}
