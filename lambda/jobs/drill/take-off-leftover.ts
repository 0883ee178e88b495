import type { Log, Timing } from '../ports.ts';
import { takenOffBeforeDeletion, takeOffSetting } from '../rearm.ts';
import type { ApplyOutcome, Settings, SettingsLedger } from '../settings-port.ts';
import type { DrillIntent } from './ports.ts';

export interface TakeOffPorts {
  readonly settings: Settings;
  readonly snapshots: Pick<SettingsLedger, 'settingsOf'>;
  readonly timing: Timing;
  readonly log: Log;
}

/**
 * Takes off again what a drill that has ended gave its table, also when that table is gone by now: its alarms and scaling targets live on.
 * > Taken off is only what the drill announced it would give back. Answers whether everything is off.
 */
export async function takeOffLeftover(
  { targetName, table, rearming }: DrillIntent,
  ports: TakeOffPorts,
): Promise<boolean> {
  if (!rearming) return true;
  const { tableId, createdAt, settings } = rearming;
  const snapshot = await ports.snapshots.settingsOf({ tableName: table, tableId, createdAt: new Date(createdAt) });
  if (!snapshot) return true;
  const outcomes: ApplyOutcome[] = [];
  for (const name of takenOffBeforeDeletion.filter((each) => settings.includes(each))) {
    outcomes.push(await takeOffSetting(targetName, snapshot, name, ports));
  }
  return outcomes.every((outcome) => typeof outcome === 'string');
}
