import type { DurationBounds } from '../lambda/domain/drill/restore-timing.ts';
import { homeIn } from '../lambda/domain/arn.ts';
import { knownOf, type SettingName } from '../lambda/domain/settings.ts';
import type { RestoreResult } from '../lambda/jobs/restore/restore-result.ts';
import type { RestoreWish } from '../lambda/jobs/restore/restore-wish.ts';
import type { ChosenToRestore, Survey } from '../lambda/jobs/restore/survey.ts';

/** What a restore would be of, for people. */
export function surveyAsText({ chosen, obstacle, warnings }: Survey, wish: RestoreWish): string {
  return [
    ...(chosen ? chosenLines(chosen, wish) : []),
    ...warnings.map((warning) => line('WARNING', warning)),
    ...(obstacle === undefined ? [] : [line('CANNOT', obstacle)]),
  ].join('\n');
}

/** What became of a restore, for people. */
export function resultAsText(result: RestoreResult): string {
  const { outcome, table, target, region, source, problems, requestedAt } = result;
  const isThere = outcome === 'restored' || outcome === 'incomplete';
  return [
    line(outcome.toUpperCase(), `${table} into ${target} in ${region}`),
    line('backup', source.arn),
    line('data', `as of ${source.createdAt}, ${span(result.recoveryPointSeconds)} before the request (recovery point)`),
    line('time', `${span(result.times.totalSeconds)} since ${requestedAt} (recovery time)${phases(result)}`),
    ...(isThere ? [line('items', itemsOf(result)), line('settings', settingsOf(result))] : []),
    ...problems.map(({ phase, message }) => line('NOT WELL', `${phase}: ${message}`)),
    ...advice(result),
  ].join('\n');
}

function chosenLines({ source, whose, ageSeconds, settings, drills, begun }: ChosenToRestore, wish: RestoreWish) {
  const { arn, createdAt, backedUp } = source;
  const cold = backedUp.storage === 'cold' ? ', in cold storage: hours more' : '';
  const known = drills.map(({ seconds, finishedAt, region }) => {
    const place = region === undefined ? '' : ` into ${region}`;
    return `${span(seconds)}${place} (${finishedAt.slice(0, 10)})`;
  });
  return [
    line('target', `${wish.target} in account ${homeIn(arn).account}, Region ${wish.region}`),
    line('backup', arn),
    line('', `of ${createdAt}, ${span(ageSeconds)} old: what was written since is lost`),
    line('', `${whose}, ${bytes(backedUp.sizeBytes)}${cold}`),
    ...settingLines(settings, wish.rearm),
    line('drills', known.length > 0 ? `took ${known.join(', ')}` : 'none is known that passed'),
    ...(begun ? [line('begun', `at ${begun.recordedAt}, and gone on with`)] : []),
  ];
}

function settingLines(settings: ChosenToRestore['settings'], names: readonly SettingName[]): string[] {
  if (settings === 'not-wanted') return [line('settings', 'none are given back')];
  if (settings === 'not-recorded') return [line('settings', `not known: ${names.join(', ')}`)];
  const { settings: snapshot, leftOut } = settings;
  const of = (known: ReturnType<typeof knownOf>) => names.filter((name) => knownOf(snapshot, name) === known);
  const listed = (word: string, found: readonly string[]) =>
    found.length > 0 ? [line('', `${word}: ${found.join(', ')}`)] : [];
  const lost = names.flatMap((name) => (leftOut[name] === undefined ? [] : [`${name} (${leftOut[name]})`]));
  const off = of('nothing-to-apply').filter((name) => leftOut[name] === undefined);
  return [
    line('settings', `of ${snapshot.capturedAt}`),
    ...listed('given back', of('set')),
    ...listed('were off', off),
    ...listed('not known', of('unknown-setting')),
    ...listed('cannot be had there', lost),
  ];
}

function phases({ times: { restore, indexes, rearmSeconds, validateSeconds } }: RestoreResult): string {
  if (!restore) return '';
  const parts = [
    `restored in ${bounds(restore)}`,
    ...(indexes ? [`indexes ${bounds(indexes)}`] : []),
    ...(rearmSeconds === undefined ? [] : [`re-armed in ${rearmSeconds.toFixed(1)} s`]),
    ...(validateSeconds === undefined ? [] : [`validated in ${validateSeconds.toFixed(1)} s`]),
  ];
  return `: ${parts.join(', ')}`;
}

function bounds({ atLeastSeconds, atMostSeconds }: DurationBounds): string {
  const from = atLeastSeconds.toFixed(1);
  if (atMostSeconds === undefined) return `more than ${from} s`;
  return atMostSeconds === atLeastSeconds ? `${from} s` : `${from} to ${atMostSeconds.toFixed(1)} s`;
}

function itemsOf({ itemsVerified, itemsCounted }: RestoreResult): string {
  return itemsCounted === undefined ? `${itemsVerified} read` : `${itemsCounted} read, which is all of them`;
}

function settingsOf({ settings }: RestoreResult): string {
  if (settings === 'not-wanted') return 'none were to be given back';
  if (settings === 'not-recorded') return 'none are known';
  const named = (word: string) => Object.entries(settings).flatMap(([name, found]) => (found === word ? [name] : []));
  const given = named('applied');
  const off = named('nothing-to-apply');
  return [
    given.length > 0 ? `given back: ${given.join(', ')}` : 'none given back',
    ...(off.length > 0 ? [`were off: ${off.join(', ')}`] : []),
  ].join('; ');
}

function advice({ outcome, target }: RestoreResult): string[] {
  switch (outcome) {
    case 'restored':
      return [];
    case 'incomplete':
      return [line('', `${target} stays as it is; the same command with --resume tries again what was not well`)];
    case 'under-way':
      return [line('', 'AWS may still be at it: the same command with --resume goes on with it')];
    case 'failed':
      return [line('', 'nothing was deleted')];
  }
}

/** Such as `95 s`, `12 min`, `5 h 12 min` or `3 d 4 h`. */
export function span(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

function bytes(size: number): string {
  if (size < 1e6) return `${size} bytes`;
  return size < 1e9 ? `${Number((size / 1e6).toPrecision(3))} MB` : `${Number((size / 1e9).toPrecision(3))} GB`;
}

function line(about: string, says: string): string {
  return `${about.padEnd(10)} ${says}`;
}
