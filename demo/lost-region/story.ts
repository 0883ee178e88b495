import { SandboxAccount } from '../../sandbox/account.ts';
import { usualRestoreTime } from '../../sandbox/dynamodb/restore-time.ts';
import { Orders, idsIn, settingsIn } from './orders.ts';
import { restoreAway, type RestoredAway } from './restore.ts';
import { accountId, away, home, owner, startAt, table } from './start.ts';

export const hourMs = 3_600_000;
const minuteMs = 60_000;

/** When nobody is answered in the Region of the table, and when somebody restores. */
export const lostFrom = startAt.getTime() + 34 * hourMs + 20 * minuteMs;
export const lostUntil = lostFrom + hourMs;
export const restoredFrom = lostFrom + 5 * minuteMs;
export const endsAt = startAt.getTime() + 40 * hourMs;

/** What was lived through, and what there was to be seen of it. */
export interface Story {
  readonly account: SandboxAccount;
  readonly there: SandboxAccount;
  readonly orders: Orders;
  readonly restored: RestoredAway;
  /** What there was right before the Region was lost. */
  readonly before: {
    readonly settings: object;
    readonly backups: number;
    readonly copies: number;
    /** Restores that drills had made, in each Region. */
    readonly drills: { readonly home: number; readonly away: number };
  };
  readonly settingsThere: object;
  readonly idsThere: readonly string[];
  /** When somebody had the restored table. */
  readonly backAt: number;
}

/** Two days of a plan in two Regions, one of which answers nobody for an hour while its table is restored from a copy in the other. */
export async function liveThrough(assembly: string, seed: number, say: (what: string) => void): Promise<Story> {
  const account = new SandboxAccount({
    accountId,
    region: home,
    seed,
    startAt: new Date(startAt.getTime() - hourMs),
    restoreTime: usualRestoreTime,
    idleProcessLifeMs: 100 * hourMs,
  });
  const there = account.inRegion(away);
  const orders = new Orders(account);
  await orders.create();
  await account.deploy(assembly);
  await there.deploy(assembly);
  for (let at = startAt.getTime() + 10 * minuteMs; at < lostFrom; at += hourMs) {
    await account.runUntil(new Date(at));
    await orders.write();
    say(`${account.now.toISOString().slice(0, 16)}Z · ${there.backup.copyJobs.all.length} copies asked for`);
  }
  await account.runUntil(new Date(lostFrom - minuteMs));
  const before = {
    settings: await settingsIn(account),
    backups: account.backups(table).length,
    copies: copiesIn(there).length,
    drills: { home: account.backup.restoreJobs.all.length, away: there.backup.restoreJobs.all.length },
  };
  loseRegion(account);
  await account.runUntil(new Date(restoredFrom));
  say(`${account.now.toISOString().slice(0, 16)}Z · ${home} answers nobody; restoring in ${away}`);
  const restored = await restoreAway(there);
  const backAt = account.clock.now;
  const [settingsThere, idsThere] = [await settingsIn(there), await idsIn(there)];
  await account.runUntil(new Date(endsAt));
  return { account, there, orders, restored, before, settingsThere, idsThere, backAt };
}

/** What is in the Region's vault for copies, oldest first. */
export function copiesIn(there: SandboxAccount) {
  const { vaults, points } = there.backup;
  const all = points.in(vaults.require(`dynamodb-copies-${owner}-${home}`));
  return all.filter(({ goneAt }) => goneAt === undefined).toSorted((one, other) => one.createdAt - other.createdAt);
}

/** > Nothing there answers, nothing fires, and nothing that is printed arrives. */
function loseRegion({ faults }: SandboxAccount): void {
  const during = { from: new Date(lostFrom), until: new Date(lostUntil) };
  faults.add({
    match: { ...during, region: home },
    effect: { kind: 'connection-lost', when: 'before', code: 'ETIMEDOUT' },
  });
  faults.add({ match: during, effect: { kind: 'never-fire' } });
  faults.add({ match: during, effect: { kind: 'lost-output' } });
}
