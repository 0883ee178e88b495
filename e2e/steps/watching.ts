import assert from 'node:assert/strict';
import { watchMetrics } from '../../lambda/contract/metrics.ts';
import { alarmPrefix } from '../environment.ts';
import { isOfPlan, type AlarmMessage } from '../monitoring.ts';
import type { Step } from '../transcript.ts';
import { until } from '../until.ts';
import type { World } from '../world.ts';
import { onlyMinistack } from './deploying.ts';

const unless = onlyMinistack('moto runs no functions and deploys no alarms');
const overall = 'plan-unhealthy';

/** The watch looks, and says nothing is wrong; somebody listens. */
export const watching: readonly Step<World>[] = [
  {
    title: 'the watch finds every schedule on and every table protected, and the plan’s alarms are OK',
    unless,
    run: async (world) => {
      const gauges = await look(world);
      assert.equal(gauges[watchMetrics.missingSchedules], 0);
      assert.equal(gauges[watchMetrics.unprotectedTables], 0);
      const states = await until(`${overall} OK`, 60, async () => whenIs(world, 'OK'));
      return `${watchMetrics.recoveryPointAge} = ${String(gauges[watchMetrics.recoveryPointAge])} s, ${Object.keys(states).length} alarms`;
    },
  },
  {
    title: 'a queue hears the topic of the alarms',
    unless,
    run: async (world) => {
      world.onCall = await world.monitoring.listen(world.app.deployment.AlarmTopicArn);
      return world.app.deployment.AlarmTopicArn;
    },
  },
];

/** Somebody switched the backups off: an alarm that CDK deployed says so. */
export const alarming: readonly Step<World>[] = [
  {
    title: 'the watch finds the schedule switched off, and an alarm goes to ALARM',
    unless,
    run: async (world) => {
      // A process remembers schedules for an hour.
      await world.app.restart(world.app.deployment.WatchFunctionName);
      const gauges = await look(world);
      assert.equal(gauges[watchMetrics.missingSchedules], 1);
      const states = await until(`${overall} in ALARM`, 60, async () => whenIs(world, 'ALARM'));
      assert.equal(states['schedule-missing'], 'ALARM');
      return Object.entries(states)
        .flatMap(([name, state]) => (state === 'ALARM' ? [name] : []))
        .join(', ');
    },
  },
  {
    title: 'its message arrives in the queue',
    unless,
    run: async (world) => {
      const { AlarmName, NewStateValue } = await until('the message', 60, async () => firstAlarm(world));
      return `${AlarmName} is in ${NewStateValue}`;
    },
  },
];

/** Lets the deployed watch look once, as its schedule would, and CloudWatch see what it wrote. Returns the plan's gauges. */
async function look(world: World): Promise<Record<string, unknown>> {
  const { WatchFunctionName } = world.app.deployment;
  const before = (await world.app.metricsInLog(WatchFunctionName)).length;
  const { failed, payload } = await world.account.invoke(WatchFunctionName, await world.app.watchEvent());
  assert.equal(failed, false, payload);
  const said = await until('what the watch says', 30, async () => {
    const lines = (await world.app.metricsInLog(WatchFunctionName)).slice(before);
    return lines.some(isOfPlan) ? lines : undefined;
  });
  await world.monitoring.publish(said);
  return Object.assign({}, ...said.filter(isOfPlan)) as Record<string, unknown>;
}

async function whenIs(world: World, state: string): Promise<Readonly<Record<string, string | undefined>> | undefined> {
  const states = await world.monitoring.alarmStates(alarmPrefix);
  return states[overall] === state ? states : undefined;
}

async function firstAlarm({ monitoring, onCall }: World): Promise<AlarmMessage | undefined> {
  const messages = await monitoring.messages(onCall);
  return messages.find(
    ({ AlarmName, NewStateValue }) => AlarmName === `${alarmPrefix}${overall}` && NewStateValue === 'ALARM',
  );
}
