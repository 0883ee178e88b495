import * as z from 'zod';

const tableName = z.string().regex(/^[a-zA-Z0-9_.-]{3,255}$/);
const tablePattern = z.string().regex(/^[a-zA-Z0-9_.*?-]{1,255}$/);
const copies = z.int().min(1).max(100_000);
/** An ISO 8601 duration such as `P14D` or `PT26H`. */
const duration = z.iso.duration();

export const planSchema = z.strictObject({
  version: z.literal(1).default(1),
  name: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/),
  tables: z.strictObject({
    named: z.array(tableName).optional(),
    matching: z.array(tablePattern).optional(),
    tagged: z.record(z.string(), z.string()).optional(),
    except: z.array(tablePattern).optional(),
  }),
  backup: z.strictObject({
    schedule: z.string(),
    timeZone: z.string().default('UTC'),
    flexibleWindowMinutes: z.int().min(1).max(1440).optional(),
    engine: z.literal('dynamodb').default('dynamodb'),
  }),
  keep: z.strictObject({
    last: copies.optional(),
    hourly: copies.optional(),
    daily: copies.optional(),
    weekly: copies.optional(),
    monthly: copies.optional(),
    yearly: copies.optional(),
    within: duration.optional(),
  }),
  minimumCopies: z.int().min(1).default(3),
  prune: z
    .strictObject({
      schedule: z.string().optional(),
      timeZone: z.string().default('UTC'),
      mode: z.enum(['enforce', 'report-only']).default('enforce'),
      deletionCap: z
        .strictObject({
          perTableCount: z.int().min(1).default(5),
          perTablePercent: z.number().min(0).max(100).default(20),
          perRun: z.int().min(1).default(100),
        })
        .prefault({}),
    })
    .prefault({}),
  objectives: z.strictObject({ recoveryPoint: duration.optional(), recoveryTime: duration.optional() }).optional(),
});

/** A plan as every job reads it: checked, with its defaults filled in. */
export type Plan = z.output<typeof planSchema>;
/** A plan as an operator or a schedule's input writes it: defaults may be left out. */
export type PlanInput = z.input<typeof planSchema>;
