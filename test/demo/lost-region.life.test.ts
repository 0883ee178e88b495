import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { checkStory } from '../../demo/lost-region/checks.ts';
import { printStory } from '../../demo/lost-region/print.ts';
import { liveThrough, restoredFrom, type Story } from '../../demo/lost-region/story.ts';
import { synthesize, type Assembly } from '../../demo/synthesize.ts';

let assembly: Assembly;
let story: Story;
beforeAll(async () => {
  assembly = await synthesize('demo/lost-region/app.ts');
  story = await liveThrough(assembly.folder, 1, () => undefined);
}, 300_000);
afterAll(async () => {
  await assembly[Symbol.asyncDispose]();
});

const broken = (changes: Partial<Story> = {}) =>
  checkStory({ ...story, ...changes }).flatMap(({ id, holds }) => (holds ? [] : [id]));

describe('a lost Region', () => {
  test('costs what was written since the copied backup, and nothing else', () => {
    const { result } = story.restored;

    expect(broken()).toEqual([]);
    expect(result).toMatchObject({ outcome: 'restored', problems: [], recoveryPointSeconds: expect.any(Number) });
    expect(result.recoveryPointSeconds).toBeLessThan(3_600);
    expect(story.idsThere).toHaveLength(story.orders.written.filter(({ at }) => at < restoredFrom).length - 1);
    expect(Object.keys(story.settingsThere)).toHaveLength(5);
    expect(story.before).toMatchObject({ drills: { home: 2, away: 2 } });
  });

  test('is told as it was', () => {
    const text = printStory(story, checkStory(story), 100);

    expect(text).toContain('eu-central-1 answers nobody');
    expect(text).toMatch(/RESTORED +orders into orders in eu-west-1/);
    expect(text).not.toContain('✗');
  });

  test.each<[string, (lived: Story) => Partial<Story>]>([
    ['lost', ({ account }) => ({ backAt: account.clock.now })],
    ['items', ({ idsThere }) => ({ idsThere: idsThere.slice(1) })],
    ['settings', ({ settingsThere }) => ({ settingsThere: { ...settingsThere, timeToLive: undefined } })],
  ])('would be found out if it were not so: %s', (id, change) => {
    expect(broken(change(story))).toContain(id);
  });

  test.each([
    ['timing', { times: { restore: { atLeastSeconds: 1, atMostSeconds: 1 }, totalSeconds: 2 } }],
    ['objective', { times: { totalSeconds: 601 } }],
  ])('nor would it do if the times were others: %s', (id, change) => {
    const { restored } = story;
    const result = { ...restored.result, ...change };

    expect(broken({ restored: { ...restored, result } })).toContain(id);
  });
});
