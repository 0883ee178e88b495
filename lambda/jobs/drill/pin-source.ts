import type { DrillTableName } from '../../domain/drill/drill-table-name.ts';
import { stepError } from './broken-off.ts';
import { chooseSource, type ChosenSource } from './choose-source.ts';
import type { DrillFailure } from './drill-result.ts';
import type { DrillPorts, DrillRun } from './drill.ts';
import type { Durable } from './durable.ts';
import type { DrillIntent } from './ports.ts';

export interface PinnedSource {
  readonly source: ChosenSource;
  readonly intent: DrillIntent;
}

const mostChoices = 5;

/**
 * Chooses what to restore and records the intent, which pins a backup: retention keeps it from then on.
 * > Retention announces a deletion before it asks for pins, and a drill pins before it asks for deletions: of the two, one sees the other.
 * > What is being deleted, or is gone, is not restored: another backup is chosen.
 */
export async function pinSource(
  run: DrillRun,
  targetName: DrillTableName,
  durable: Durable,
  ports: DrillPorts,
): Promise<PinnedSource | { readonly failure: DrillFailure }> {
  const lost: string[] = [];
  while (lost.length < mostChoices) {
    const chosen = await chooseSource(run, lost, durable, ports);
    if ('failure' in chosen) return chosen;
    const { source } = chosen;
    const intent = await durable.step('record the intent', () => recordIntent(run, targetName, source, durable, ports));
    if (source.from.kind === 'point-in-time') return { source, intent };
    if (await durable.step('look whether the backup stays', () => stays(run, source, ports))) return { source, intent };
    lost.push(source.arn);
  }
  const message = `retention was deleting each of the ${mostChoices} backups that were chosen`;
  return { failure: { phase: 'choose', kind: 'no-backup', message } };
}

async function stays(
  { plan }: DrillRun,
  { arn, from }: ChosenSource,
  { ledger, restores }: DrillPorts,
): Promise<boolean> {
  if ((await ledger.announcedDeletions(plan.name)).has(arn)) return false;
  const look = await restores.describeSource(from);
  if (look.kind === 'failed') throw stepError(look.failure, `cannot look at ${arn}`);
  return look.kind === 'found';
}

async function recordIntent(
  run: DrillRun,
  targetName: DrillTableName,
  { arn, backedUp: { originArn } }: ChosenSource,
  durable: Durable,
  { ledger, timing }: DrillPorts,
): Promise<DrillIntent> {
  const { region } = run.drill;
  const known = await ledger.drillIntent(targetName);
  const intent = {
    targetName,
    plan: run.plan.name,
    table: run.table,
    slot: run.slot.toISOString(),
    sourceArn: arn,
    ...(originArn !== undefined && { originArn }),
    ...(region !== undefined && { region }),
    ...(run.copiesIn !== undefined && { copiesIn: run.copiesIn }),
    recordedAt: known?.recordedAt ?? timing.now().toISOString(),
    executionId: durable.executionId,
  };
  await ledger.recordDrillIntent(intent);
  return intent;
}
