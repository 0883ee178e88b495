import { rmSync } from 'node:fs';
import { type Emulator, startMinistack, startMoto } from './emulator/emulator.ts';
import { scratchDirectory } from './places.ts';
import { stopAll } from './processes.ts';
import { install } from './python/install.ts';
import { backingUp, firstBackups } from './steps/backing-up.ts';
import { deploying } from './steps/deploying.ts';
import { drilling } from './steps/drilling.ts';
import { leaving } from './steps/leaving.ts';
import { pruning } from './steps/pruning.ts';
import { refusing } from './steps/refusing.ts';
import { alarming, watching } from './steps/watching.ts';
import { Transcript } from './transcript.ts';
import { World } from './world.ts';

// Deploys the app with the real CDK CLI into an emulated account, and lives a few minutes there: `npm run e2e`.

const installSeconds = 300;
const lifeSeconds = 480;
const scratch = scratchDirectory();
const transcript = new Transcript();
const world = new World(scratch);
const steps = [
  ...deploying,
  ...firstBackups,
  ...watching,
  ...backingUp,
  ...alarming,
  ...refusing,
  ...pruning,
  ...drilling,
  ...leaving,
];

process.once('SIGINT', () => leave(130, 'interrupted'));
process.once('SIGTERM', () => leave(143, 'terminated'));

const installLimit = limit(installSeconds, 'installing an emulator');
const start = await installedEmulator();
clearTimeout(installLimit);
limit(lifeSeconds, 'living through it');
if (start) {
  await transcript.step('the emulator starts', async () => {
    world.emulator = await start();
    return world.emulator.endpoint;
  });
  await transcript.take(steps, world);
} else {
  for (const { title } of steps) transcript.skip(title, 'no emulator could be installed');
}
await world.close();
leave(transcript.hasFailed ? 1 : 0);

/** How to start the better of the emulators that can be had; `undefined` when none can. */
async function installedEmulator(): Promise<(() => Promise<Emulator>) | undefined> {
  const starters = { ministack: startMinistack, moto: startMoto };
  for (const name of ['ministack', 'moto'] as const) {
    const installed = await transcript.step(`${name} is installed`, () => install(name));
    if (installed) return () => starters[name](installed.python, scratch);
  }
  return undefined;
}

function limit(seconds: number, what: string): NodeJS.Timeout {
  return setTimeout(() => leave(1, `${what} took longer than ${seconds} s`), seconds * 1000);
}

/** The only way out: ends what was started, removes what was written, prints the last line. */
function leave(status: number, why?: string): never {
  if (status !== 0) console.log(`            the emulator's log: ${world.saveLog()}`);
  stopAll();
  rmSync(scratch, { recursive: true, force: true });
  if (why) console.log(`✗ ${why}`);
  console.log(transcript.summary(why ? 1 : 0));
  process.exit(status);
}
