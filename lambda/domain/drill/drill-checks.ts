import { regionIn } from '../arn.ts';
import { describeValue, type Fault, faultAt } from '../faults.ts';
import { durationSeconds } from '../keep-guarantee.ts';
import { containedSettings, type DrillPlan, type Plan } from '../plan.ts';
import { coversName } from '../selection.ts';

/** Finds what a plan's drills promise and cannot keep. Paths begin with `plans.<name>`. */
export function drillErrors(plan: Plan): Fault[] {
  const { drill } = plan;
  const checks = [uncoveredChecks, shortTimeout, unusedInstant, missingKey, foreignKey, boundSettings, unheardReport];
  return drill ? checks.flatMap((check) => check(plan, drill)) : [];
}

/** Finds what may surprise somebody about a plan's drills. */
export function drillWarnings({ name, drill }: Plan): Fault[] {
  const acting = drill?.region === undefined ? outside(drill?.rearm ?? []) : [];
  if (acting.length === 0) return [];
  const allowed = 'settings that act on the drill table alone';
  const text = `${acting.join(' and ')} act outside the drill table in every drill`;
  return [faultAt(['plans', name, 'drill', 'rearm'], { value: acting.join(', '), allowed }, text)];
}

/** > Only point-in-time recovery can restore to a chosen time: a backup holds the time it was taken at. */
function unusedInstant({ name }: Plan, { backup, restoreTo }: DrillPlan): Fault[] {
  if (restoreTo === undefined || backup === 'point-in-time') return [];
  const allowed = 'must be left out unless drill.backup is point-in-time';
  const value = `${restoreTo.before} with ${backup}`;
  return [faultAt(['plans', name, 'drill', 'restoreTo'], { value, allowed }, `${allowed}, got ${value}`)];
}

/** > A drill into another Region says which key encrypts its table: no key of the source is in that Region. */
function missingKey({ name }: Plan, { region, encryptionKey }: DrillPlan): Fault[] {
  if (region === undefined || encryptionKey !== undefined) return [];
  const allowed = `must be given when drills restore into another Region: a key of ${region}, aws-managed or aws-owned`;
  return [faultAt(['plans', name, 'drill', 'encryptionKey'], { value: 'nothing', allowed }, `${allowed}, got nothing`)];
}

/** > The key of a drill table is of the Region it is restored into. */
function foreignKey({ name }: Plan, { region, encryptionKey }: DrillPlan): Fault[] {
  const found = regionIn(encryptionKey ?? '');
  if (region === undefined || found === undefined || found === region) return [];
  const allowed = `must be a key of ${region}, where drills restore into`;
  return [
    faultAt(['plans', name, 'drill', 'encryptionKey'], { value: found, allowed }, `${allowed}, got one of ${found}`),
  ];
}

/** > AWS Backup can only be told of the restores that it made. */
function unheardReport({ name, backup: { engine } }: Plan, { reportToAwsBackup, backup }: DrillPlan): Fault[] {
  if (!reportToAwsBackup || (engine === 'aws-backup' && backup !== 'point-in-time')) return [];
  const allowed = 'must be left out unless drills restore recovery points of AWS Backup';
  const value = engine === 'aws-backup' ? 'true with point-in-time' : `true with engine ${engine}`;
  return [faultAt(['plans', name, 'drill', 'reportToAwsBackup'], { value, allowed }, `${allowed}, got ${value}`)];
}

/** > In another Region a drill gives back no setting that is bound to the Region of its source. */
function boundSettings({ name }: Plan, { region, rearm }: DrillPlan): Fault[] {
  const bound = region === undefined ? [] : outside(rearm);
  const allowed = `must hold only settings that another Region can have: a table's stream and what its alarms notify are of its own Region`;
  return bound.map((setting) =>
    faultAt(['plans', name, 'drill', 'rearm'], { value: setting, allowed }, `${allowed}, got ${setting}`),
  );
}

function outside(rearm: DrillPlan['rearm']): string[] {
  const contained: readonly string[] = containedSettings;
  return rearm.filter((setting) => !contained.includes(setting));
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
