import type { OpenCopy } from './copies-port.ts';
import type { Backups, Failure } from './ports.ts';
import type { SettingsLedger } from './settings-port.ts';

export interface CarryPorts {
  readonly backups: Pick<Backups, 'describe'>;
  readonly snapshots: Pick<SettingsLedger, 'snapshotOf'>;
  /** Where the settings of what is in a vault are kept beside it; undefined where that is not for us to do. Its methods throw when nobody answers. */
  readonly keptBeside: (vaultArn: string) => Pick<SettingsLedger, 'saveSettings'> | undefined;
}

/**
 * Keeps the settings that belong to a copy in the Region of the copy, so that it can be re-armed there when the Region of its table is lost.
 * > Safe to repeat. A source that nobody kept settings for, or that is gone already, has nothing to carry along.
 * Answers why it could not be done. Throws when the deployment's own ledger does not answer.
 */
export async function carrySettings(
  { sourceArn, destinationArn }: Pick<OpenCopy, 'sourceArn' | 'destinationArn'>,
  { backups, snapshots, keptBeside }: CarryPorts,
): Promise<Failure | undefined> {
  const beside = keptBeside(destinationArn);
  if (!beside) return undefined;
  const source = await backups.describe(sourceArn);
  if (source.kind === 'failed') return source.failure;
  if (source.kind === 'gone' || !source.backup.createdAt) return undefined;
  const { tableName, tableId, createdAt } = source.backup;
  const snapshot = await snapshots.snapshotOf({ tableName, tableId, createdAt });
  if (!snapshot) return undefined;
  try {
    await beside.saveSettings(snapshot.settings, snapshot.since);
    return undefined;
  } catch (error) {
    return { kind: 'unknown', message: error instanceof Error ? error.message : String(error) };
  }
}
