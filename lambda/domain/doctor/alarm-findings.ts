import { runbook, type Finding } from './finding.ts';

/** An alarm as CloudWatch describes it. Its name is that within the deployment, such as `orders/drill-failed`. */
export interface AlarmState {
  readonly name: string;
  /** `OK`, `ALARM` or `INSUFFICIENT_DATA`. */
  readonly value: string;
  readonly since: Date | undefined;
  /** ARNs of what it does when it goes into ALARM. */
  readonly actions: readonly string[];
  /** Whether it does anything at all. */
  readonly isEnabled: boolean;
  /** Undefined for a composite alarm, and for one that compares with more than a number. */
  readonly threshold: number | undefined;
}

/** A rule that mutes alarms right now. */
export interface MuteRule {
  readonly name: string;
  readonly expiresAt: Date | undefined;
  /** Names within the deployment of the alarms that call nobody meanwhile. */
  readonly alarms: readonly string[];
}

/** Alarms that only tell whether others may speak: their states are no news. */
const machinery = new Set(['not-watched', 'watched-now']);
/** What calls about a plan whatever it promises, and about every deployment. */
const callersOfPlans = [
  'plan-unhealthy',
  'plan-degraded',
  'encryption-key-at-risk',
  'plan-covers-nothing',
  'backup-shrank',
];
const callersOfDeployments = ['watch-silent', ...deadLetters('backup'), ...deadLetters('watch')];

function deadLetters(jobs: string): string[] {
  return [`dead-letters/${jobs}-events`, `dead-letters/${jobs}-runs`];
}

/** Names within the deployment of the alarms that must exist and call somebody, whatever else its plans promise. */
export function expectedCallers(plans: readonly string[], drilling: readonly string[]): string[] {
  return [
    ...callersOfDeployments,
    ...(drilling.length > 0 ? deadLetters('drill') : []),
    ...plans.flatMap((plan) => callersOfPlans.map((name) => `${plan}/${name}`)),
    ...drilling.map((plan) => `${plan}/drill-failed`),
  ];
}

/**
 * What is wrong with alarms: gone, calling nobody, or in a state that a person should know.
 * > An alarm that cannot say yet is not well: nobody knows what it will say.
 */
export function alarmFindings(alarms: readonly AlarmState[], expected: readonly string[]): Finding[] {
  const known = new Set(alarms.map(({ name }) => name));
  const missing = expected.filter((name) => !known.has(name));
  const bad = [
    ...missing.map((name) => wrong(`alarm ${name} is gone`, 'deploy again')),
    ...alarms.flatMap((alarm) => [...muteness(alarm, expected), ...stateOf(alarm)]),
  ];
  return bad.length > 0 ? bad : [fine(`${alarms.length} alarms, all of them OK and switched on`)];
}

function muteness({ name, isEnabled, actions }: AlarmState, expected: readonly string[]): Finding[] {
  if (actions.length === 0)
    return expected.includes(name) ? [wrong(`alarm ${name} calls nobody: it has no action`, 'deploy again')] : [];
  const remedy = `aws cloudwatch enable-alarm-actions, or deploy again; for planned work there is pausedUntil`;
  return isEnabled ? [] : [wrong(`alarm ${name} calls nobody: its actions are switched off`, remedy)];
}

function stateOf({ name, value, since }: AlarmState): Finding[] {
  const heading = headingOf(name);
  if (value === 'OK' || machinery.has(heading)) return [];
  const remedy = value === 'ALARM' ? runbook(heading) : `look again after the next run; ${runbook('not-watched')}`;
  return [wrong(`alarm ${name} is in ${value}${since ? ` since ${since.toISOString()}` : ''}`, remedy)];
}

/** `dead-letters` and `invocations-dropped` stand before what they are of, all other names after it. */
function headingOf(name: string): string {
  const [first = '', last = first] = name.split('/');
  return ['dead-letters', 'invocations-dropped', 'watch-silent'].includes(first) ? first : last;
}

/** > A muted alarm calls nobody, however well it was meant. */
export function muteFindings(rules: readonly MuteRule[]): Finding[] {
  if (rules.length === 0) return [{ state: 'fine', about: 'mutes', says: 'no alarm is muted' }];
  return rules.map(({ name, expiresAt, alarms }) => ({
    state: 'wrong',
    about: 'mutes',
    says: `muted ${expiresAt ? `until ${expiresAt.toISOString()}` : 'for good'} by rule ${name}: ${alarms.join(', ')}`,
    remedy: 'when the work is over, take pausedUntil out of the plan and deploy, or delete the rule',
  }));
}

function fine(says: string): Finding {
  return { state: 'fine', about: 'alarms', says };
}

function wrong(says: string, remedy: string): Finding {
  return { state: 'wrong', about: 'alarms', says, remedy };
}
