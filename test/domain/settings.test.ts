import { describe, expect, test } from '@jest/globals';
import {
  compareSettings,
  hashOfSettings,
  knownOf,
  parseTableSettings,
  settingNames,
  settingsFor,
  type SettingName,
  type TableSettings,
} from '../../lambda/domain/settings.ts';
import { factsOf, fullSettings, settingsWith } from './settings-builders.ts';

const drill = factsOf('ddb-drill-1', { indexes: ['by-customer', 'by-day'] });

function differencesOf(wanted: TableSettings, actual: TableSettings): Partial<Record<SettingName, string>> {
  const all = Object.entries(compareSettings(wanted, actual, settingNames));
  return Object.fromEntries(all.filter(([, comparison]) => comparison !== 'same'));
}

describe('a snapshot of settings', () => {
  test('comes back from storage as it was', () => {
    expect(parseTableSettings(JSON.stringify(fullSettings))).toEqual(fullSettings);
  });

  test.each([
    ['another version', { ...fullSettings, version: 2 }],
    ['a setting missing', { ...fullSettings, settings: {} }],
    ['a setting nobody knows', { ...fullSettings, settings: { ...fullSettings.settings, colour: 'off' } }],
    ['a time that is none', { ...fullSettings, capturedAt: 'yesterday' }],
  ])('with %s is refused', (_what, stored) => {
    expect(() => parseTableSettings(JSON.stringify(stored))).toThrow();
  });

  test('is the same snapshot whenever it was taken and however its keys are ordered', () => {
    const { table, settings, ...rest } = fullSettings;
    const later = { settings, table, ...rest, capturedAt: '2027-01-01T00:00:00.000Z' };

    expect(hashOfSettings(later)).toBe(hashOfSettings(fullSettings));
    expect(hashOfSettings(fullSettings)).toMatch(/^[0-9a-f]{16}$/);
    expect(hashOfSettings(settingsWith({ tags: { is: { a: 'b' } } }))).not.toBe(hashOfSettings(settingsWith()));
  });
});

test('a snapshot alone tells that a setting was off, or not known', () => {
  const snapshot = settingsWith({ tags: { is: { a: 'b' } }, stream: { unread: 'throttled', mayPass: true } });

  expect(knownOf(snapshot, 'tags')).toBe('set');
  expect(knownOf(snapshot, 'time-to-live')).toBe('nothing-to-apply');
  expect(knownOf(snapshot, 'stream')).toBe('unknown-setting');
});

describe('the settings for another table', () => {
  const { settings } = settingsFor(fullSettings, drill);

  test('name it in policies, and no table that only begins like the source', () => {
    expect(settings['resource-policy']).toMatchObject({
      is: { Statement: [{ Resource: [drill.arn, `${drill.arn}/index/*`, `${fullSettings.table.arn}-archive`] }] },
    });
  });

  test('name it in the metrics of alarms and scaling policies', () => {
    expect(settings.alarms).toMatchObject({
      is: [{ Dimensions: [{ Name: 'TableName', Value: drill.name }, { Name: 'Operation' }] }, { Threshold: null }],
    });
    expect(JSON.stringify(settings['auto-scaling'])).toContain(`{"Name":"TableName","Value":"${drill.name}"}`);
  });

  test('give alarms a name of their own, for under the old one they would replace the source’s', () => {
    expect(settings.alarms).toMatchObject({
      is: [{ AlarmName: 'ddb-drill-1-orders-throttled' }, { AlarmName: 'ddb-drill-1-reads' }],
    });
  });

  test('keep the names of alarms where the table has its own name again', () => {
    const again = settingsFor(fullSettings, { ...fullSettings.table, id: 'another' }).settings;

    expect(again).toEqual(fullSettings.settings);
  });

  test('keep alarm names within 255 characters, and distinct', () => {
    const alarms = ['a', 'b'].map((letter) => ({ AlarmName: `${'x'.repeat(200)}${letter}` }));
    const long = settingsFor(settingsWith({ alarms: { is: [...alarms, {}] } }), factsOf(`drill-${'y'.repeat(100)}`));

    const names = (long.settings.alarms as { is: { AlarmName: string }[] }).is.map(({ AlarmName }) => AlarmName);

    expect(new Set(names).size).toBe(3);
    expect(names.every((name) => name.length <= 255 && name.startsWith('drill-'))).toBe(true);
  });

  test('leave out indexes it was restored without', () => {
    const without = settingsFor(fullSettings, factsOf('ddb-drill-1')).settings;

    expect(without['auto-scaling']).toMatchObject({ is: [{ dimension: 'dynamodb:table:ReadCapacityUnits' }] });
    expect(without['contributor-insights']).toEqual({ is: [{ mode: 'ACCESSED_AND_THROTTLED_KEYS' }] });
  });

  test('have no auto scaling where the table is on demand', () => {
    const onDemand = settingsFor(fullSettings, { ...drill, billing: 'PAY_PER_REQUEST' }).settings;

    expect(onDemand['auto-scaling']).toBe('off');
  });

  test('have no tags of AWS’s own, and no tags at all where there were only those', () => {
    const own = { 'aws:cloudformation:stack-name': 'shop' };

    expect(settingsFor(settingsWith({ tags: { is: { ...own, a: 'b' } } }), drill).settings.tags).toEqual({
      is: { a: 'b' },
    });
    expect(settingsFor(settingsWith({ tags: { is: own } }), drill).settings.tags).toBe('off');
  });

  test('stay unknown where they were', () => {
    const unread = { unread: 'access-denied', mayPass: false };

    expect(settingsFor(settingsWith({ alarms: unread }), drill).settings.alarms).toEqual(unread);
  });
});

describe('a comparison', () => {
  test('finds a table re-armed when everything is as it was, but for its name', () => {
    expect(differencesOf(fullSettings, settingsFor(fullSettings, drill))).toEqual({});
  });

  test('says only what was asked', () => {
    expect(compareSettings(fullSettings, fullSettings, ['tags'])).toEqual({ tags: 'same' });
  });

  test('says what differs', () => {
    const wanted = settingsWith({
      tags: { is: { a: '1', b: '2' } },
      stream: { is: { viewType: 'KEYS_ONLY' } },
      'deletion-protection': { is: 'on' },
    });
    const actual = settingsWith({
      tags: { is: { a: '1', c: '3' } },
      stream: { is: { viewType: 'NEW_IMAGE' } },
      'time-to-live': { is: { attribute: 'expiresAt' } },
    });

    expect(differencesOf(wanted, actual)).toEqual({
      tags: 'b: wanted "2", found nothing; c: wanted nothing, found "3"',
      stream: 'viewType: wanted "KEYS_ONLY", found "NEW_IMAGE"',
      'time-to-live': 'wanted "off", found nothing; attribute: wanted nothing, found "expiresAt"',
      'deletion-protection': 'wanted "on", found "off"',
    });
  });

  test('names five differences and counts the rest', () => {
    const tags = Object.fromEntries(Array.from({ length: 7 }, (_, i) => [`tag-${i}`, 'x']));

    const { tags: text } = differencesOf(settingsWith({ tags: { is: tags } }), settingsWith());

    expect(text).toMatch(/^(?:tag-\d: wanted "x", found nothing; ){5}and 3 more$/);
  });

  test('never calls the same what was not read, then or now', () => {
    const unread = settingsWith({ tags: { unread: 'access-denied: no', mayPass: false } });

    expect(differencesOf(unread, unread)).toEqual({ tags: 'not known at the time of the backup: access-denied: no' });
    expect(differencesOf(settingsWith(), unread)).toEqual({ tags: 'could not be read: access-denied: no' });
  });

  test('takes a part that is not given for an absent one', () => {
    const watched = (index: object) => settingsWith({ 'contributor-insights': { is: [{ mode: 'ALL', ...index }] } });

    expect(differencesOf(watched({ index: undefined }), watched({}))).toEqual({});
  });

  test('tells an empty list from an absent one in a definition', () => {
    const withActions = (AlarmActions: string[] | null) =>
      settingsWith({ alarms: { is: [{ AlarmName: 'a', AlarmActions }] } });

    expect(differencesOf(withActions(['x']), withActions(null))).toEqual({
      alarms: '0.AlarmActions.0: wanted "x", found nothing; 0.AlarmActions: wanted nothing, found null',
    });
  });
});
