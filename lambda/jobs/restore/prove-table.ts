import type { TableSettings } from '../../domain/settings.ts';
import type { AskedFor } from '../drill/asked-for.ts';
import { failureBehind } from '../drill/broken-off.ts';
import type { DrillFailure, DrillPhase, RearmedSettings } from '../drill/drill-result.ts';
import type { Durable } from '../drill/durable.ts';
import type { BackedUpTable } from '../drill/ports.ts';
import { giveBack } from '../drill/rearm-table.ts';
import { compareAndRead } from '../drill/validate.ts';
import type { RestorePorts } from './ports.ts';
import type { RestoreTimes } from './restore-result.ts';
import type { RestoreWish } from './restore-wish.ts';
import { areOfItsTime, type ChosenToRestore } from './survey.ts';

export interface Proven {
  readonly problems: readonly DrillFailure[];
  readonly settings: RearmedSettings;
  readonly itemsVerified: number;
  readonly itemsCounted?: number;
  readonly times: Pick<RestoreTimes, 'rearmSeconds' | 'validateSeconds'>;
}

type Restorable = ChosenToRestore & { readonly asked: AskedFor };
type Validated = Pick<Proven, 'itemsVerified' | 'itemsCounted'> & { readonly problems: readonly DrillFailure[] };

/**
 * Re-arms a table that was restored, and validates it. Safe to repeat.
 * > What goes wrong with one keeps nobody from the other: whatever can be given back is, and everything that could not be is named.
 */
export async function proveTable(
  wish: RestoreWish,
  chosen: Restorable,
  durable: Durable,
  ports: RestorePorts,
): Promise<Proven> {
  const begun = ports.timing.now().getTime();
  const rearmed = await rearm(wish, chosen, durable, ports);
  const armed = ports.timing.now().getTime();
  const { problems, ...items } = await validate(wish, chosen, durable, ports);
  const ended = ports.timing.now().getTime();
  return {
    settings: rearmed.settings,
    problems: [...rearmed.problems, ...problems],
    ...items,
    times: { rearmSeconds: (armed - begun) / 1000, validateSeconds: (ended - armed) / 1000 },
  };
}

async function rearm(
  { target, table, rearm: names }: RestoreWish,
  { settings }: Restorable,
  durable: Durable,
  ports: RestorePorts,
): Promise<Pick<Proven, 'settings' | 'problems'>> {
  if (settings === 'not-wanted') return { settings, problems: [] };
  if (settings === 'not-recorded') {
    const message = `no settings of ${table} are known, so none were given back: ${names.join(', ')}`;
    return { settings, problems: [{ phase: 're-arm', kind: 'settings', message }] };
  }
  const { settings: snapshot, leftOut } = settings;
  try {
    const given = await giveBack({ targetName: target, snapshot, names }, durable, ports);
    const missing = names.flatMap((name) => (leftOut[name] === undefined ? [] : [[name, leftOut[name]] as const]));
    const problems = missing.map(([name, words]) => problem('re-arm', 'settings', `${name}: ${words}`));
    return {
      settings: { ...given.settings, ...Object.fromEntries(missing) },
      problems: [...(given.failure ? [given.failure] : []), ...problems],
    };
  } catch (error) {
    return { settings: {}, problems: [failureBehind(error, 're-arm')] };
  }
}

async function validate(
  { target, sample }: RestoreWish,
  { source, settings, asked }: Restorable,
  durable: Durable,
  ports: RestorePorts,
): Promise<Validated> {
  const known =
    typeof settings === 'string' || !areOfItsTime(settings.settings, source) ? undefined : settings.settings;
  const expected = { backedUp: withKnown(source.backedUp, known), asked, limits: sample };
  try {
    const { failure, ...items } = await compareAndRead(target, expected, durable, ports);
    const missing = known ? await missingIndexes(target, known, ports) : [];
    return { ...items, problems: [...(failure ? [failure] : []), ...missing] };
  } catch (error) {
    return { itemsVerified: 0, problems: [failureBehind(error, 'validate')] };
  }
}

/** > A recovery point tells nothing of its table's billing and indexes: there the settings of its time do. */
function withKnown(backedUp: BackedUpTable, known: TableSettings | undefined): BackedUpTable {
  if (!known) return backedUp;
  const billing = known.table.billing === 'PAY_PER_REQUEST' ? 'on-demand' : 'provisioned';
  return { ...backedUp, shape: { billing, ...backedUp.shape } };
}

async function missingIndexes(
  target: string,
  { table: { indexes } }: TableSettings,
  { restores }: RestorePorts,
): Promise<DrillFailure[]> {
  const look = await restores.look(target);
  if (look.kind !== 'found') return [];
  const missing = indexes.filter((name) => look.table.indexes[name] === undefined);
  if (missing.length === 0) return [];
  return [
    problem('validate', 'not-as-backed-up', `the table had indexes that did not come back: ${missing.join(', ')}`),
  ];
}

function problem(phase: DrillPhase, kind: DrillFailure['kind'], message: string): DrillFailure {
  return { phase, kind, message };
}
