import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DisableAlarmActionsCommand,
  PutAlarmMuteRuleCommand,
} from '@aws-sdk/client-cloudwatch';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { AlarmedAccount, anAssembly, hour, oncall, owner } from '../monitoring/alarmed-account.ts';
import { CommandLine } from './command-line.ts';

jest.setTimeout(240_000);

const doctor = ['doctor', '--owner', owner] as const;
const prefix = `dynamodb-backups/${owner}/`;

let assembly: string;
beforeAll(() => {
  assembly = anAssembly();
});

/** An account in which the app has run for some hours, up to now. */
async function deployedHoursAgo(hours: number): Promise<AlarmedAccount> {
  const now = Math.floor(Date.now() / 1000) * 1000;
  return AlarmedAccount.deployed(assembly, { startAt: new Date(now - hours * hour) });
}

/** Lines of what was found that is not as it should be. */
function complaints(stdout: string): string[] {
  return stdout.split('\n').filter((line) => /^(WRONG|UNKNOWN)/.test(line));
}

describe('[M03] the doctor finds that all is well', () => {
  let world: AlarmedAccount;
  let shell: CommandLine;
  beforeAll(async () => {
    world = await deployedHoursAgo(3.5);
    await world.run(3.5);
    shell = await CommandLine.in(world.account);
  });
  afterAll(() => shell.stop());

  test('where somebody has confirmed, nothing alarms, and everything ran: status 0, and it only read', async () => {
    const before = world.account.journal.count();

    const ended = await shell.run(...doctor, '--ledger', world.outputs.LedgerTableName ?? '');

    expect(ended).toMatchObject({ status: 0, stderr: '' });
    expect(complaints(ended.stdout)).toEqual([]);
    expect(ended.stdout).toMatch(/^ok +audience +1 confirmed at topic arn:aws:sns:.*: email$/m);
    expect(ended.stdout).toMatch(/^ok +alarms +\d+ alarms, all of them OK and switched on$/m);
    expect(ended.stdout).toMatch(/^ok +watch +watch last saw everything \d+ min/m);
    expect(ended.stdout).toMatch(/^ok +runs +backup last ran for plan orders/m);
    expect(ended.stdout).not.toContain(oncall);
    const asked = world.account.journal.entries().slice(before);
    expect(asked.filter(({ operation }) => !/^(Describe|List|Get|Query)/.test(operation))).toEqual([]);
  });

  test('for programs, too, with the same status', async () => {
    const ended = await shell.run(...doctor, '--json');

    expect(ended.status).toBe(0);
    expect(JSON.parse(ended.stdout)).toMatchObject({ owner, isWell: true });
  });

  test('but not of a deployment that is somewhere else, nor of a topic that no alarm is sent to', async () => {
    const elsewhere = await shell.run('doctor', '--owner', 'nobody');
    const other = await shell.run(...doctor, '--topic', 'arn:aws:sns:eu-central-1:123456789012:other');

    expect(elsewhere.status).toBe(1);
    expect(complaints(elsewhere.stdout)).toEqual([expect.stringContaining('nothing here is of owner nobody')]);
    expect(other.status).toBe(1);
    expect(complaints(other.stdout).join('\n')).toMatch(/no alarm is sent to topic .*:other/);
    expect(complaints(other.stdout).join('\n')).toMatch(/topic .*:other is gone/);
  });

  test('what may not be read is said, and the rest all the same: status 1', async () => {
    const denied = ['DescribeAlarms', 'ListAlarmMuteRules', 'GetMetricData', 'ListSchedules', 'Query'];
    const heal = denied.map((operation) =>
      world.fault({ operation }, { kind: 'error', when: 'before', name: 'AccessDeniedException' }),
    );
    const topic = world.outputs.AlarmTopicArn ?? '';

    const ended = await shell.run(...doctor, '--topic', topic, '--ledger', 'ledger');
    heal.forEach((stop) => {
      stop();
    });

    expect(ended).toMatchObject({ status: 1, stderr: '' });
    expect(ended.stdout).toMatch(/^ok +audience +1 confirmed/m);
    const unread = ['alarms', 'schedules', 'mutes', 'watch', 'runs'];
    expect(complaints(ended.stdout)).toEqual(unread.map((about) => expect.stringMatching(`^UNKNOWN ${about} `)));
  });

  const refused: readonly [string, readonly string[], RegExp][] = [
    ['no owner', ['doctor'], /--owner/],
    ['an owner that is none', ['doctor', '--owner', 'No one!'], /small letters and digits/],
    ['a topic that is none', [...doctor, '--topic', 'oncall'], /ARN of a topic/],
  ];

  test.each(refused)('%s is refused with status 2', async (_what, args, message) => {
    const ended = await shell.run(...args);

    expect(ended).toMatchObject({ status: 2, stdout: '' });
    expect(ended.stderr).toMatch(message);
  });
});

test('[M03] the doctor finds whatever keeps an alarm from being raised or heard, one line for each: status 1', async () => {
  const world = await deployedHoursAgo(4.5);
  const { account } = world;
  const watch = account.client(CloudWatchClient);
  await world.run(1);
  for (const { arn } of account.topics.subscriptions()) account.topics.unsubscribe(arn);
  account.topics.subscribe(world.outputs.AlarmTopicArn ?? '', 'email', 'someone@example.org');
  for (const schedule of account.schedules.all) account.schedules.put({ ...schedule, enabled: false });
  account.schedules.remove(account.schedules.all.find(({ name }) => name === 'orders-prune')?.arn ?? '');
  await watch.send(new DisableAlarmActionsCommand({ AlarmNames: [`${prefix}orders/drill-failed`] }));
  await watch.send(new DeleteAlarmsCommand({ AlarmNames: [`${prefix}orders/backup-shrank`] }));
  await world.run(3.5);
  await watch.send(
    new PutAlarmMuteRuleCommand({
      Name: 'works',
      Rule: { Schedule: { Expression: 'cron(* * * * *)', Duration: 'PT1H' } },
      MuteTargets: { AlarmNames: [`${prefix}orders/plan-degraded`] },
    }),
  );
  await world.run(0.05);

  const shell = await CommandLine.in(account);
  const ended = await shell.run(...doctor, '--ledger', world.outputs.LedgerTableName ?? '');
  await shell.stop();

  expect(ended).toMatchObject({ status: 1, stderr: '' });
  const found = complaints(ended.stdout);
  for (const each of [
    /audience +nobody would hear an alarm: .*#nobody-listens/,
    /audience +1 not confirmed at topic .*: email …@example\.org; .*#subscription-unconfirmed/,
    /alarms +alarm orders\/backup-shrank is gone/,
    /alarms +alarm orders\/drill-failed calls nobody: its actions are switched off/,
    /alarms +alarm watch-silent is in ALARM since .*#watch-silent/,
    /mutes +muted for good by rule works: orders\/plan-degraded/,
    /schedules +schedule orders-prune is gone/,
    /schedules +schedule all-watch is switched off/,
    /schedules +schedule orders-backup is switched off/,
    /watch +watch last saw everything 3 h .*#watch-silent/,
    // The last run was at the full hour before the last three and a half.
    /runs +backup last ran for plan orders [34] h .*, more than .*#scheduler-silent/,
  ])
    expect(found).toContainEqual(expect.stringMatching(each));
  expect(ended.stdout).not.toContain('someone@');
});
