import { askedFor, type AskedFor } from './asked-for.ts';
import { isPassing, stepError } from './broken-off.ts';
import type { ChosenSource } from './choose-source.ts';
import type { Durable } from './durable.ts';
import type { DrillPorts, DrillRun, LookingPorts } from './drill.ts';
import type { DrillFailure } from './drill-result.ts';
import type { BackedUpTable, CheckOutcome, ItemCheck, RestoredTable, TableShape } from './ports.ts';

export interface Validated {
  readonly itemsVerified: number;
  readonly itemsCounted?: number;
  readonly checksPassed: number;
  readonly failure?: DrillFailure;
}

/**
 * Proves that the restored table can be used: it has the shape that was backed up, items can be read, and named items are as expected.
 * > Reading nothing is no proof: a table that had items and has none fails. Counts that DynamoDB refreshes every six hours are no test.
 */
export async function validate(
  run: DrillRun,
  targetName: string,
  source: ChosenSource,
  durable: Durable,
  ports: DrillPorts,
): Promise<Validated> {
  const { backedUp } = source;
  const expected = { backedUp, asked: askedFor(run.drill, source), limits: run.drill.validate };
  const { failure, ...items } = await compareAndRead(targetName, expected, durable, ports);
  if (failure) return { ...items, checksPassed: 0, failure };
  const checks = run.drill.validate.checks.filter(({ table }) => table === run.table);
  let checksPassed = 0;
  for (const [nth, check] of checks.entries()) {
    const fault = await durable.step(`check ${nth + 1}`, async () =>
      faultOf(await ports.restores.check(targetName, check), check),
    );
    if (fault) return { ...items, checksPassed, failure: fault };
    checksPassed += 1;
  }
  const refused = await askFunction(run, targetName, backedUp, durable, ports);
  return { ...items, checksPassed, ...(refused && { failure: refused }) };
}

/** What a restored table is held against, and how much of it is read. */
interface Expected {
  readonly backedUp: BackedUpTable;
  readonly asked: AskedFor;
  readonly limits: { readonly items: number; readonly bytes: number };
}

/** The part of a validation that every restored table can pass: it has the shape that was backed up, and items can be read. */
export async function compareAndRead(
  targetName: string,
  { backedUp, asked, limits }: Expected,
  durable: Durable,
  ports: LookingPorts,
): Promise<Omit<Validated, 'checksPassed'>> {
  const differences = await durable.step('compare with the backup', async () => {
    const look = await ports.restores.look(targetName);
    if (look.kind !== 'found') return [`${targetName} cannot be looked at`];
    return differencesBetween(backedUp.shape, look.table, asked);
  });
  if (differences.length > 0) {
    const failure = { phase: 'validate', kind: 'not-as-backed-up', message: differences.join('; ') } as const;
    return { itemsVerified: 0, failure };
  }
  const read = await durable.step('read items', () => readItems(limits, targetName, backedUp, ports));
  const { examined, isWhole, failure } = read;
  return { itemsVerified: examined, ...(isWhole && { itemsCounted: examined }), ...(failure && { failure }) };
}

/** > The operator's own function has the last word: without its `passed` the drill fails. */
async function askFunction(
  { plan, table, drill: { validate: wanted, region } }: DrillRun,
  targetName: string,
  source: BackedUpTable,
  durable: Durable,
  { askValidator }: DrillPorts,
): Promise<DrillFailure | undefined> {
  const { function: functionArn, functionTimeoutSeconds } = wanted;
  if (functionArn === undefined) return undefined;
  const place = region === undefined ? {} : { region };
  const question = { table: targetName, sourceTable: table, ...place, plan: plan.name, source: source.arn };
  const answer = await durable.step('ask the validation function', () =>
    askValidator(functionArn, question, functionTimeoutSeconds * 1000),
  );
  if (answer.kind === 'failed') return { phase: 'validate', ...answer.failure };
  if (answer.passed) return undefined;
  const message = `${functionArn} did not pass it: ${answer.message}`;
  return { phase: 'validate', kind: 'not-as-backed-up', message };
}

/** What differs from the backup, as far as it tells, although nobody asked for it. */
function differencesBetween(backedUp: Partial<TableShape>, { shape }: RestoredTable, asked: AskedFor): string[] {
  const differences: string[] = [];
  const compare = (what: string, expected: string | undefined, found: string) => {
    if (expected !== undefined && expected !== found) differences.push(`${what} should be ${expected}, is ${found}`);
  };
  compare('the key schema', backedUp.keySchema?.join(', '), shape.keySchema.join(', '));
  compare('billing', asked.billing === 'on-demand' ? 'on-demand' : backedUp.billing, shape.billing);
  const isManaged = asked.encryptionKey === 'aws-managed' && shape.encryption !== 'aws-owned';
  compare('the encryption key', asked.encryptionKey, isManaged ? 'aws-managed' : shape.encryption);
  if (!backedUp.indexes) return differences;
  const wanted = Object.entries(backedUp.indexes).filter(([name]) => isWanted(name, asked.indexes));
  for (const [name, index] of wanted) compare(`index ${name}`, index, shape.indexes[name] ?? 'missing');
  for (const name of Object.keys(shape.indexes)) {
    if (!wanted.some(([known]) => known === name)) differences.push(`index ${name} should not be there`);
  }
  return differences;
}

function isWanted(name: string, indexes: DrillRun['drill']['indexes']): boolean {
  return indexes === 'all' || (indexes !== 'none' && indexes.includes(name));
}

/** Where nobody knows how many items there are, their bytes give an idea. */
const usualItemBytes = 1_000;

async function readItems(
  { items, bytes }: Expected['limits'],
  targetName: string,
  source: BackedUpTable,
  { restores, timing }: LookingPorts,
): Promise<{ examined: number; isWhole?: boolean; failure?: DrillFailure }> {
  const { sizeBytes, itemCount = Math.ceil(sizeBytes / usualItemBytes) } = source;
  const limits = { items, bytes, expectedItems: itemCount };
  const outcome = await restores.sample(targetName, limits, () => timing.random());
  if (outcome.kind === 'failed') {
    if (isPassing(outcome.failure)) throw stepError(outcome.failure, `cannot read ${targetName}`);
    return { examined: 0, failure: { phase: 'validate', ...outcome.failure } };
  }
  const { examined, isWhole } = outcome.sample;
  if (examined > 0 || itemCount === 0) return { examined, isWhole };
  const message = `no item could be read, although the backup was of a table with about ${itemCount}`;
  return { examined, isWhole, failure: { phase: 'validate', kind: 'empty', message } };
}

function faultOf(outcome: CheckOutcome, { key }: ItemCheck): DrillFailure | undefined {
  switch (outcome.kind) {
    case 'as-expected':
      return undefined;
    case 'different':
      return {
        phase: 'validate',
        kind: 'not-as-backed-up',
        message: `the item with the key ${Object.keys(key).join(', ')} is not as expected: ${outcome.found}`,
      };
    case 'failed':
      if (isPassing(outcome.failure)) throw stepError(outcome.failure, 'cannot read an item');
      return { phase: 'validate', ...outcome.failure };
  }
}
