import { beforeAll, expect, jest, test } from '@jest/globals';
import { AlarmedAccount, anAssembly } from './alarmed-account.ts';

jest.setTimeout(240_000);

let assembly: string;
beforeAll(() => {
  assembly = anAssembly();
});

test('from its deployment on, a healthy plan calls nobody, and nothing of it is in ALARM an hour later', async () => {
  const world = await AlarmedAccount.deployed(assembly);

  await world.run(1);
  expect(world.alarming()).toEqual([]);
  await world.run(29);

  expect(world.alarming()).toEqual([]);
  expect(world.calls()).toEqual([]);
});
