import { describeValue, type Fault, faultAt } from '../faults.ts';
import { durationSeconds } from '../keep-guarantee.ts';
import { containedSettings, type DrillPlan, type Plan } from '../plan.ts';
import { coversName } from '../selection.ts';

/** Finds what a plan's drills promise and cannot keep. Paths begin with `plans.<name>`. */
export function drillErrors(plan: Plan): Fault[] {
  const { drill } = plan;
  return drill ? [...uncoveredChecks(plan, drill), ...shortTimeout(plan, drill)] : [];
}

/** Finds what may surprise somebody about a plan's drills. */
export function drillWarnings({ name, drill }: Plan): Fault[] {
  const contained: readonly string[] = containedSettings;
  const outside = drill?.rearm.filter((setting) => !contained.includes(setting)) ?? [];
  if (outside.length === 0) return [];
  const allowed = 'settings that act on the drill table alone';
  const text = `${outside.join(' and ')} act outside the drill table in every drill`;
  return [faultAt(['plans', name, 'drill', 'rearm'], { value: outside.join(', '), allowed }, text)];
}

/** > A check is about a table the plan covers: no other is ever drilled. */
function uncoveredChecks({ name, tables }: Plan, { validate }: DrillPlan): Fault[] {
  return validate.checks.flatMap(({ table }, index) => {
    if (coversName(tables, table) !== 'not-covered') return [];
    const path = ['plans', name, 'drill', 'validate', 'checks', index, 'table'];
    const allowed = 'must be a table the plan covers';
    return [faultAt(path, { value: table, allowed }, `${allowed}, got ${describeValue(table)}`)];
  });
}

/** > A drill goes on for longer than a restore may take, or it could never show that one takes too long. */
function shortTimeout({ name, objectives }: Plan, { timeout }: DrillPlan): Fault[] {
  const recoveryTime = objectives?.recoveryTime;
  if (recoveryTime === undefined || durationSeconds(timeout) > durationSeconds(recoveryTime)) return [];
  const allowed = `must be longer than the ${recoveryTime} of objectives.recoveryTime`;
  return [faultAt(['plans', name, 'drill', 'timeout'], { value: timeout, allowed }, `${allowed}, got ${timeout}`)];
}
