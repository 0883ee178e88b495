import type { DrillTableName } from '../../domain/drill/drill-table-name.ts';
import { deleteDrillTable, type Deletion } from './delete-drill-table.ts';
import type { DrillResult } from './drill-result.ts';
import type { DrillPorts, DrillRun } from './drill.ts';
import type { Durable } from './durable.ts';

type CleanedUp = Pick<DrillResult, 'cleanUp' | 'leftBehind'>;

interface Watch {
  /** When it was first tried. */
  readonly since?: number;
  readonly asked: boolean;
  readonly end?: CleanedUp;
}

const pauseMilliseconds = 15_000;
/** A table that is still being restored cannot be deleted: the sweep does it later. */
const patienceMilliseconds = 3_600_000;

const notYet = { kind: 'later', message: 'its restore job has not ended, and may still make it' } as const;

interface Before {
  /** The table was seen: a crash may hide that its deletion was asked for. */
  readonly wasThere: boolean;
  /** A job that makes the table may not have begun with it. */
  readonly mayAppear: boolean;
  /** Whatever was given back was taken off again; otherwise the intent stays, and with it what the sweep has to take off. */
  readonly isDisarmed: boolean;
}

/**
 * Deletes the drill's table and waits until it is gone.
 * > Deleted is only the table this drill announced, under every guard. What cannot be deleted within an hour is left to the sweep, and said so.
 * > So is a table that is not there yet, while its restore job may still make it.
 */
export async function cleanUp(
  run: DrillRun,
  targetName: DrillTableName,
  { wasThere, mayAppear, isDisarmed }: Before,
  durable: Durable,
  ports: DrillPorts,
): Promise<CleanedUp> {
  const scope = { ...run, plans: [run.plan] };
  const options = { mayUnprotect: run.drill.rearm.includes('deletion-protection') };
  const last = await durable.poll<Watch>(
    'delete the drill table',
    { asked: wasThere },
    async (watch) => {
      const deletion = await tryToDelete(targetName, scope, options, ports);
      const isNotYet = deletion.kind === 'gone' && mayAppear && !watch.asked;
      return judge(watch, isNotYet ? notYet : deletion, ports);
    },
    ({ end }) => (end ? undefined : pauseMilliseconds),
  );
  const end = last.end ?? { cleanUp: 'left-behind', leftBehind: 'the clean-up ended without an answer' };
  if (end.cleanUp !== 'left-behind' && isDisarmed) {
    await durable.step('close the intent', () => ports.ledger.closeDrillIntent(targetName, ports.timing.now()));
  }
  return end;
}

/** > A ledger that does not answer is a doubt: the table waits. */
async function tryToDelete(...question: Parameters<typeof deleteDrillTable>): Promise<Deletion> {
  try {
    return await deleteDrillTable(...question);
  } catch (error) {
    return { kind: 'later', message: error instanceof Error ? error.message : String(error) };
  }
}

function judge(watch: Watch, deletion: Deletion, { timing }: DrillPorts): Watch {
  const now = timing.now().getTime();
  const { since = now } = watch;
  switch (deletion.kind) {
    case 'gone':
      return { ...watch, end: { cleanUp: watch.asked ? 'deleted' : 'nothing-to-delete' } };
    case 'refused':
      return { ...watch, end: { cleanUp: 'left-behind', leftBehind: deletion.message } };
    case 'asked':
    case 'later': {
      const asked = watch.asked || deletion.kind === 'asked';
      const isOver = now - since >= patienceMilliseconds;
      return { since, asked, ...(isOver && { end: { cleanUp: 'left-behind', leftBehind: deletion.message } }) };
    }
  }
}
