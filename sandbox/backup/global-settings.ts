import type { ApiCall } from '../front.ts';
import { Input, isRecord } from '../input.ts';
import { invalidParameter } from './backup-errors.ts';

const crossAccount = 'isCrossAccountBackupEnabled';

/** Settings of AWS Backup for the whole organization, whichever of its accounts is asked. */
export class GlobalSettings {
  /** Whether its accounts may copy to each other; off at first, as in AWS. */
  isCrossAccountBackupEnabled = false;
  #changedAt: number | undefined;

  describe(): object {
    const changed = this.#changedAt === undefined ? {} : { LastUpdateTime: this.#changedAt / 1000 };
    return { GlobalSettings: { [crossAccount]: String(this.isCrossAccountBackupEnabled) }, ...changed };
  }

  update(call: ApiCall, now: number): void {
    const settings = new Input(call.input).members.GlobalSettings;
    const value = isRecord(settings) ? settings[crossAccount] : undefined;
    if (value !== 'true' && value !== 'false')
      throw invalidParameter(`GlobalSettings must say true or false for ${crossAccount}, got ${String(value)}`);
    this.isCrossAccountBackupEnabled = value === 'true';
    this.#changedAt = now;
  }
}
