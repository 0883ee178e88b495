import { chooseBackupToRestore, type Candidate } from '../../domain/restore/choose-backup.ts';
import { settingsElsewhere, type SettingsElsewhere } from '../../domain/restore/settings-elsewhere.ts';
import { completeListing, type Listing } from '../../domain/listing.ts';
import type { TableSettings } from '../../domain/settings.ts';
import type { ChosenSource } from '../drill/choose-source.ts';
import { isMeasure } from '../drill/drill-result.ts';
import type { RestoredTable, RestoreSource } from '../drill/ports.ts';
import type { Failure } from '../ports.ts';
import type { RestorePorts, RestoreRecord } from './ports.ts';
import type { RestoreWish } from './restore-wish.ts';

/** What a restore would be of and come to, or why it cannot begin. Nothing was written to find out. */
export interface Survey {
  readonly at: string;
  readonly chosen?: ChosenToRestore;
  /** Why it cannot begin. */
  readonly obstacle?: string;
  readonly warnings: readonly string[];
}

export interface ChosenToRestore {
  readonly source: ChosenSource;
  readonly whose: string;
  /** How old the backup is: what was written since is lost. */
  readonly ageSeconds: number;
  /** The settings to give back, as far as they can be there. */
  readonly settings: SettingsElsewhere | 'not-wanted' | 'not-recorded';
  /** How long drills of the table took that passed, newest first. */
  readonly drills: readonly PastDrill[];
  /** What was begun before and is gone on with. */
  readonly begun?: RestoreRecord;
}

export interface PastDrill {
  readonly finishedAt: string;
  readonly seconds: number;
  readonly region?: string;
}

const drillsShown = 3;

/**
 * Looks what a restore would be of, and whether it can begin.
 * > A table of the target's name that is there already is an obstacle, found before anything is chosen: no existing table is ever touched.
 * > Nothing of any Region is asked but that of the backups and that of the target.
 * Throws when what has to be known cannot be read.
 */
export async function surveyRestore(wish: RestoreWish, ports: RestorePorts): Promise<Survey> {
  const there = await lookAt(wish.target, ports);
  const record = await ports.ledger?.restores.restoreInto(wish.region, wish.target);
  const obstacle = wish.isResumed ? whyNotResumed(wish, there, record) : whyNotBegun(wish, there, record);
  if (obstacle !== undefined) return { at: now(ports), obstacle, warnings: [] };
  if (wish.isResumed && record) return await surveyOf(wish, { begun: record, ...record }, [], ports);
  return await surveyNewest(wish, there, ports);
}

async function surveyNewest(wish: RestoreWish, there: RestoredTable | undefined, ports: RestorePorts): Promise<Survey> {
  const listing = await listingFor(wish, ports);
  if (!listing.complete) throw new Error('the backups could not be listed whole', { cause: listing.error });
  const { chosen, reason, warnings } = chooseBackupToRestore(listing.backups, wish, clock(ports));
  if (!chosen) return { at: now(ports), obstacle: reason ?? 'there is no backup', warnings };
  const source = await describe(chosen, wish, ports);
  if ('obstacle' in source) return { at: now(ports), obstacle: source.obstacle, warnings };
  const others = await whyAnotherIncarnation(chosen, wish, there, ports);
  return await surveyOf(wish, { source, whose: chosen.whose, plan: chosen.plan }, [...warnings, ...others], ports);
}

/** > A backup that is named is looked at itself: no listing has to be complete for it. */
async function listingFor({ arn, table }: RestoreWish, { backups }: RestorePorts): Promise<Listing> {
  if (arn === undefined) return await backups.list({ tableName: table });
  const look = await backups.describe(arn);
  if (look.kind === 'failed') throw thrown(look.failure, `cannot look at ${arn}`);
  return completeListing(look.kind === 'found' ? [look.backup] : []);
}

/** The clock of AWS where it is ahead: a backup taken just now is none of the future because a laptop is late. */
function clock({ backups, timing }: RestorePorts): Date {
  return new Date(Math.max(timing.now().getTime(), backups.lastAnsweredAt()?.getTime() ?? 0));
}

async function describe(
  { backup: { arn, tableId, createdAt } }: Candidate,
  { engine }: RestoreWish,
  { restores }: RestorePorts,
): Promise<ChosenSource | { readonly obstacle: string }> {
  const from: RestoreSource =
    engine === 'aws-backup' ? { kind: 'recovery-point', arn, tableId } : { kind: 'backup', arn };
  const look = await restores.describeSource(from);
  if (look.kind === 'failed') throw thrown(look.failure, `cannot look at ${arn}`);
  if (look.kind === 'missing') return { obstacle: `${arn} is gone, or cannot be restored` };
  return { from, arn, createdAt: createdAt.toISOString(), backedUp: look.source };
}

interface Known {
  readonly source: ChosenSource;
  readonly whose: string;
  readonly plan?: string | undefined;
  readonly begun?: RestoreRecord;
}

async function surveyOf(
  wish: RestoreWish,
  { source, whose, plan, begun }: Known,
  warnings: readonly string[],
  ports: RestorePorts,
): Promise<Survey> {
  const settings = await settingsFor(wish, source, ports);
  const ageSeconds = Math.max(0, clock(ports).getTime() - Date.parse(source.createdAt)) / 1000;
  const drills = plan === undefined ? [] : await pastDrills(plan, wish, ports);
  return {
    at: now(ports),
    chosen: { source, whose, ageSeconds, settings, drills, ...(begun && { begun }) },
    warnings: [...warnings, ...aboutSettings(settings, source)],
  };
}

async function settingsFor(
  { table, rearm, region }: RestoreWish,
  { createdAt, backedUp: { tableId } }: ChosenSource,
  { ledger }: RestorePorts,
): Promise<ChosenToRestore['settings']> {
  if (rearm.length === 0) return 'not-wanted';
  const snapshot = await ledger?.snapshots.settingsOf({ tableName: table, tableId, createdAt: new Date(createdAt) });
  return snapshot ? settingsElsewhere(snapshot, region) : 'not-recorded';
}

/** Settings are read within minutes of a backup; what was read much later may never have been those of its time. */
const laterMilliseconds = 3_600_000;

/** Whether settings are those of the time of a backup. */
export function areOfItsTime({ capturedAt }: TableSettings, { createdAt }: ChosenSource): boolean {
  return Date.parse(capturedAt) - Date.parse(createdAt) <= laterMilliseconds;
}

function aboutSettings(settings: ChosenToRestore['settings'], source: ChosenSource): string[] {
  if (settings === 'not-recorded') return ['no settings of this table are in the ledger: it comes back without them'];
  if (settings === 'not-wanted' || areOfItsTime(settings.settings, source)) return [];
  return [`the settings were first read at ${settings.settings.capturedAt}, after the backup was taken`];
}

async function pastDrills(plan: string, { table }: RestoreWish, { ledger }: RestorePorts): Promise<PastDrill[]> {
  const results = (await ledger?.drills.drillsOf(plan, table)) ?? [];
  return results
    .filter(isMeasure)
    .flatMap(({ finishedAt, region, times: { total } }) =>
      total?.atMostSeconds === undefined
        ? []
        : [{ finishedAt, seconds: total.atMostSeconds, ...(region !== undefined && { region }) }],
    )
    .slice(-drillsShown)
    .reverse();
}

async function lookAt(tableName: string, { restores }: RestorePorts): Promise<RestoredTable | undefined> {
  const look = await restores.look(tableName);
  if (look.kind === 'failed') throw thrown(look.failure, `cannot look whether ${tableName} is there`);
  return look.kind === 'found' ? look.table : undefined;
}

const nameAnother = 'a restore makes a table of its own: name another with --into';
const whenGone = 'its name is free once it is gone';

function whyNotBegun(
  { target, region }: RestoreWish,
  there: RestoredTable | undefined,
  record: RestoreRecord | undefined,
): string | undefined {
  const earlier = record && `a restore into it was begun at ${record.recordedAt}; --resume goes on with it`;
  if (there) {
    const taken = `${target} exists in ${region}, as ${there.status}, created ${there.createdAt.toISOString()}`;
    const advice = there.status === 'DELETING' ? whenGone : (earlier ?? nameAnother);
    return `${taken}. No existing table is ever touched; ${advice}`;
  }
  const mayAppear = record?.source.from.kind === 'recovery-point' && !record.isOver;
  return mayAppear ? `${target} may still appear: ${earlier ?? ''}` : undefined;
}

function whyNotResumed(
  { table, target, region }: RestoreWish,
  there: RestoredTable | undefined,
  record: RestoreRecord | undefined,
): string | undefined {
  if (!record) return `the ledger knows of no restore into ${target} in ${region} that could be gone on with`;
  const { targetTableId, recordedAt } = record;
  if (record.table !== table) return `the restore into ${target} that was begun at ${recordedAt} is of ${record.table}`;
  const isAnother = there !== undefined && targetTableId !== undefined && there.tableId !== targetTableId;
  return isAnother
    ? `${target} is another table than the one of the restore of ${recordedAt}: somebody made it anew, and it is not touched`
    : undefined;
}

/** > A backup of another incarnation than the table that lives is said to be one. */
async function whyAnotherIncarnation(
  { backup }: Candidate,
  { table, target }: RestoreWish,
  there: RestoredTable | undefined,
  ports: RestorePorts,
): Promise<string[]> {
  const live = table === target ? there : await lookAt(table, ports);
  if (!live || live.tableId === backup.tableId) return [];
  return [`${table} as it is now has the table id ${live.tableId}; this is a backup of ${backup.tableId}`];
}

function thrown({ message }: Failure, doing: string): Error {
  return new Error(`${doing}: ${message}`);
}

function now({ timing }: RestorePorts): string {
  return timing.now().toISOString();
}
