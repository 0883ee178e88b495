import type { SandboxAccount } from '../sandbox/account.ts';
import { alarmMails } from './alarm-mails.ts';
import { hourMs } from './incidents.ts';

const lookEveryMs = 5 * 60_000;
/** What it takes to read the runbook and to find the schedule. */
const repairMs = hourMs / 2;
/** Without a call, somebody finds it by chance. */
const foundByChanceMs = 8 * hourMs;

/** A schedule of backups that somebody switched off in the console, until the person on call was called and switched it on again. */
export interface SwitchedOff {
  readonly plan: string;
  readonly from: number;
  readonly until: number;
}

/** Lives through it. */
export async function switchOff(account: SandboxAccount, plan: string): Promise<SwitchedOff> {
  const from = account.clock.now;
  setEnabled(account, `${plan}-backup`, false);
  const isCalled = () => alarmMails(account).some(({ at, about }) => at > from && about === `${plan}/schedule-missing`);
  while (!isCalled() && account.clock.now < from + foundByChanceMs) await account.runFor(lookEveryMs);
  await account.runFor(repairMs);
  setEnabled(account, `${plan}-backup`, true);
  return { plan, from, until: account.clock.now };
}

function setEnabled({ schedules }: SandboxAccount, name: string, enabled: boolean): void {
  const schedule = schedules.all.find((each) => each.name === name);
  if (!schedule) throw new Error(`the account has no schedule ${name}`);
  schedules.put({ ...schedule, enabled });
}
