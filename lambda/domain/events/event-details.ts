import * as z from 'zod';

const instant = z.iso.datetime().describe('an instant in UTC, ISO 8601');
const seconds = z.number().min(0).describe('seconds');
const count = z.int().min(0);
const tableName = z.string().min(3).max(255).describe('the name of a table');

const bounds = z
  .object({ atLeastSeconds: seconds, atMostSeconds: seconds.optional() })
  .describe('the true length lies between these; atMostSeconds is missing when the end was not seen');

/** What every detail begins with. Within one version members are only added, never changed or removed. */
const common = {
  version: z.literal(1).describe('of this schema; within it, members are only added'),
  id: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .describe('the same for the same event, however often it is sent by one account and Region'),
  owner: z.string().describe('the deployment that speaks'),
  plan: z.string().describe('the name of the plan'),
};
const slot = instant.describe('the scheduled instant this is about');
const message = z.string().describe('a sentence for people');
const parts = {
  part: z.int().min(1).describe('which part of the news this is'),
  parts: z.int().min(1).describe('how many parts there are; more than one only for very many tables'),
};

/** Sent by a backup run that saw backups become restorable. */
export const backupsTaken = z
  .object({
    ...common,
    slot,
    ...parts,
    tables: count.describe('how many tables the plan covers'),
    taken: count.describe('how many backups became restorable in this run, over all parts'),
    latenessSeconds: seconds.describe('how long after its slot the run began'),
    backups: z.array(z.object({ table: tableName, backupArn: z.string() })).min(1),
  })
  .describe('Backups became restorable.');

/** Sent by a backup run that did not do all it should. Lambda runs it again twice, and each try that fails says so. */
export const backupsFailed = z
  .object({
    ...common,
    slot,
    ...parts,
    tables: count.describe('how many tables the plan covers, as far as they were found'),
    failed: count.describe('tables without a backup for this slot, over all parts'),
    pending: count.describe('tables whose backup is not restorable yet, or whose turn did not come, over all parts'),
    problems: z.array(
      z.object({
        table: tableName,
        reason: z.string().describe('a stable word, such as missing, access-denied, throttled or not-restorable-yet'),
        message,
      }),
    ),
    discoveryErrors: z.array(z.string()).describe('why tables may be missing from all of the above'),
  })
  .describe('A backup run did not do all it should.');

/** What a copy is known by in events. */
const copy = {
  table: tableName,
  slot: instant.describe('the scheduled instant of the backup'),
  backupArn: z.string().describe('the recovery point that was to be copied'),
  vaultArn: z.string().describe('the vault it was to be copied to'),
};

/** Sent by a run of `follow` that saw copies come to their end. */
export const copiesMade = z
  .object({
    ...common,
    ...parts,
    made: count.describe('how many copies were seen to be complete in this run, over all parts'),
    copies: z.array(z.object({ ...copy, copyArn: z.string().describe('the copy') })).min(1),
  })
  .describe('Copies of recovery points are there.');

/** Sent by a run of `follow` that gave copies up: four tries failed, or there is nothing left to copy. */
export const copiesFailed = z
  .object({
    ...common,
    ...parts,
    failed: count.describe('how many copies were given up in this run, over all parts'),
    problems: z
      .array(
        z.object({
          ...copy,
          reason: z.string().describe('a stable word, such as job-failed, access-denied or missing'),
          message,
        }),
      )
      .min(1),
  })
  .describe('Copies of recovery points were given up. The next slot of the plan is copied all the same.');

/** Sent by a prune run that deletes nothing because something speaks against all deletions. */
export const retentionBlocked = z
  .object({
    ...common,
    slot,
    mode: z.enum(['enforce', 'report-only']),
    reason: z.string().describe('a stable word, as in docs/retention.md, such as deletion-cap or listing-shrunk'),
    message,
    expired: count.describe('backups no rule wants that stay because of it'),
  })
  .describe('Retention deletes nothing until somebody looks, or until what stands against it has passed.');

/** Sent at the end of each drill, passed or failed, after its table was cleaned up. */
export const drillFinished = z
  .object({
    ...common,
    slot,
    table: tableName.describe('the table whose restore was rehearsed'),
    outcome: z.enum(['passed', 'failed', 'timed-out']),
    failure: z
      .object({
        phase: z.string().describe('choose, restore, indexes, re-arm, validate or clean-up'),
        reason: z.string().describe('a stable word, such as no-backup or not-as-backed-up'),
        message: z.string().optional().describe('missing where it could quote items'),
      })
      .optional(),
    source: z
      .object({
        arn: z.string(),
        createdAt: instant,
        sizeBytes: count,
        storage: z.literal('cold').optional().describe('set where it was fetched from cold storage'),
      })
      .optional()
      .describe('what was restored; missing when there was nothing'),
    indexes: z.union([z.enum(['all', 'none']), z.array(z.string())]).describe('which indexes the times include'),
    times: z.object({
      restore: bounds.optional(),
      indexes: bounds.optional(),
      rearmSeconds: seconds.optional(),
      validateSeconds: seconds.optional(),
      total: bounds.optional().describe('from the accepted request until the table could serve'),
    }),
    itemsVerified: count,
    checksPassed: count,
    startedAt: instant,
    finishedAt: instant,
    cleanUp: z.enum(['pending', 'deleted', 'nothing-to-delete', 'left-behind']),
    drillTable: z.string().describe('the table that was restored into'),
  })
  .describe('A rehearsed restore has ended.');

/** Sent by the drill that measured a recovery time, and by `watch` when the newest backup of a table grows older than promised. */
export const objectiveBroken = z
  .object({
    ...common,
    objective: z.enum(['recovery-time', 'recovery-point']),
    objectiveSeconds: seconds.describe('what the plan promises'),
    measuredAt: instant,
    ...parts,
    tables: z
      .array(
        z.object({
          table: tableName,
          measured: bounds.describe('what a restore took, or how old the newest restorable backup is'),
          backupArn: z.string().optional().describe('the backup that was restored'),
        }),
      )
      .min(1),
  })
  .describe('Tables do not keep what their plan promises.');
