import { regionIn } from '../arn.ts';
import type { Definition, SettingName, SettingValues, TableSettings } from '../settings.ts';

/** Settings as far as they can be in one Region, and what each of the others loses there, in words. */
export interface SettingsElsewhere {
  readonly settings: TableSettings;
  readonly leftOut: Readonly<Partial<Record<SettingName, string>>>;
}

interface Kept<Value> {
  readonly kept: Value;
  readonly lost: readonly string[];
}

/**
 * Parts settings into what a table of `region` can be given and what it cannot.
 * > What an alarm tells and the stream of a table are of their own Region: elsewhere an alarm is given back without whom it told, a stream
 * > is not, and both are named.
 */
export function settingsElsewhere(snapshot: TableSettings, region: string): SettingsElsewhere {
  if (regionIn(snapshot.table.arn) === region) return { settings: snapshot, leftOut: {} };
  const { alarms, 'kinesis-destination': streams, ...rest } = snapshot.settings;
  const silenced = partOf(alarms, (each) => alarmsIn(region, each));
  const cut = partOf(streams, (each) => streamsIn(region, each));
  return {
    settings: { ...snapshot, settings: { ...rest, alarms: silenced.setting, 'kinesis-destination': cut.setting } },
    leftOut: {
      ...(silenced.lost.length > 0 && { alarms: `given back without telling ${silenced.lost.join(', ')}` }),
      ...(cut.lost.length > 0 && { 'kinesis-destination': `is of another Region: ${cut.lost.join(', ')}` }),
    },
  };
}

type Setting<Value> = 'off' | { unread: string; mayPass: boolean } | { is: Value };

/** What is left of a setting; a list that has lost its last entry is off. */
function partOf<Value extends readonly unknown[]>(
  setting: Setting<Value>,
  part: (value: Value) => Kept<Value>,
): { readonly setting: Setting<Value>; readonly lost: readonly string[] } {
  if (setting === 'off' || 'unread' in setting) return { setting, lost: [] };
  const { kept, lost } = part(setting.is);
  return { setting: kept.length > 0 ? { is: kept } : 'off', lost: [...new Set(lost)] };
}

type Streams = SettingValues['kinesis-destination'];

function streamsIn(region: string, streams: Streams): Kept<Streams> {
  const isElsewhere = ({ streamArn }: Streams[number]) => isOfAnotherRegion(streamArn, region);
  return {
    kept: streams.filter((stream) => !isElsewhere(stream)),
    lost: streams.filter(isElsewhere).map(({ streamArn }) => streamArn),
  };
}

const actionLists = ['OKActions', 'AlarmActions', 'InsufficientDataActions'] as const;

function alarmsIn(region: string, alarms: Definition[]): Kept<Definition[]> {
  const parted = alarms.map((alarm) => alarmIn(region, alarm));
  return { kept: parted.map(({ kept }) => kept), lost: parted.flatMap(({ lost }) => lost) };
}

/** CloudWatch gives no list that is empty, so none is kept. */
function alarmIn(region: string, alarm: Definition): Kept<Definition> {
  const lost: string[] = [];
  const kept = { ...alarm };
  for (const list of actionLists) {
    const actions = textsIn(alarm[list]);
    const here = actions.filter((action) => !isOfAnotherRegion(action, region));
    lost.push(...actions.filter((action) => !here.includes(action)));
    if (here.length > 0) kept[list] = here;
    else Reflect.deleteProperty(kept, list);
  }
  return { kept, lost };
}

function textsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

function isOfAnotherRegion(arn: string, region: string): boolean {
  const home = regionIn(arn);
  return home !== undefined && home !== region;
}
