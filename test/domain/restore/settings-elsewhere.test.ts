import { describe, expect, test } from '@jest/globals';
import { settingsElsewhere } from '../../../lambda/domain/restore/settings-elsewhere.ts';
import { fullSettings, settingsWith } from '../settings-builders.ts';

const topicAt = (region: string) => `arn:aws:sns:${region}:123456789012:oncall`;
const streamAt = (region: string) => `arn:aws:kinesis:${region}:123456789012:stream/changes`;
const [home, away] = ['eu-central-1', 'eu-west-1'] as const;

describe('the settings of a table that is restored in another Region', () => {
  test('are all of them in its own Region', () => {
    expect(settingsElsewhere(fullSettings, home)).toEqual({ settings: fullSettings, leftOut: {} });
  });

  test('tell nobody of another Region by an alarm, and say whom they would have told', () => {
    const alarm = {
      AlarmName: 'orders-throttled',
      AlarmActions: [topicAt(home), topicAt(away), 'no ARN'],
      OKActions: [topicAt(home)],
    };
    const silent = { AlarmName: 'orders-slow' };

    const { settings, leftOut } = settingsElsewhere(settingsWith({ alarms: { is: [alarm, silent] } }), away);

    const kept = { AlarmName: 'orders-throttled', AlarmActions: [topicAt(away), 'no ARN'] };
    expect(settings.settings.alarms).toEqual({ is: [kept, silent] });
    expect(leftOut).toEqual({ alarms: `given back without telling ${topicAt(home)}` });
  });

  test('have no stream of another Region, and say which one that was', () => {
    const of = (region: string) => ({ streamArn: streamAt(region), precision: 'MILLISECOND' });

    const one = settingsElsewhere(settingsWith({ 'kinesis-destination': { is: [of(home)] } }), away);
    const two = settingsElsewhere(settingsWith({ 'kinesis-destination': { is: [of(home), of(away)] } }), away);

    expect(one.settings.settings['kinesis-destination']).toBe('off');
    expect(one.leftOut).toEqual({ 'kinesis-destination': `is of another Region: ${streamAt(home)}` });
    expect(two.settings.settings['kinesis-destination']).toEqual({ is: [of(away)] });
  });

  test('stay unknown where they were, and everything else stays as it was', () => {
    const unread = { unread: 'access-denied', mayPass: false };
    const { settings, leftOut } = settingsElsewhere(
      settingsWith({ ...fullSettings.settings, alarms: unread, 'kinesis-destination': 'off' }),
      away,
    );

    expect(settings.settings).toEqual({ ...fullSettings.settings, alarms: unread, 'kinesis-destination': 'off' });
    expect(leftOut).toEqual({});
  });
});
