import { Annotations, type Stack, Token } from 'aws-cdk-lib';
import type { Fault } from '../lambda/domain/faults.ts';
import { parsePlan } from '../lambda/domain/parse-plan.ts';
import { checkPlans } from '../lambda/domain/plan-checks.ts';
import type { Plan } from '../lambda/domain/plan.ts';
import { parseSchedule } from '../lambda/domain/schedule/expression.ts';
import { plansByEngine, type EnginePlanProps, type PlansByEngine } from './both-engines.ts';
import { copyFaults } from './copy-faults.ts';
import { copyVaults, type CopyVault } from './copy-vaults.ts';
import type { DeploymentProps } from './deployment-props.ts';
import { drillNamingFaults, drillRegionFaults, drillSchemaFaults, foreignDrillFaults } from './drill-faults.ts';
import { foreignTableFaults } from './foreign-tables.ts';
import { namingFaults } from './naming-faults.ts';
import { notifyFaults } from './notify-faults.ts';
import { ownerOf } from './owner.ts';
import { checkablePlan, withTokens } from './plan-input.ts';
import { type Pausing, pausing } from './pauses.ts';
import { regionFaults } from './scheduler-regions.ts';
import { lockOf, vaultFaults } from './vault-faults.ts';
import type { VaultProps } from './vault-props.ts';

/** What a stack deploys, with its defaults filled in. */
export interface CheckedDeployment {
  readonly plans: readonly Plan[];
  readonly owner: string;
  readonly backupNamePrefix: string;
  readonly drillTablePrefix: string;
  /** Whether events are sent. */
  readonly sendsEvents: boolean;
  /** Where recovery points go; missing where no plan is of AWS Backup. */
  readonly vault: (VaultProps & { readonly name: string }) | undefined;
  /** Where recovery points are copied to. */
  readonly copyVaults: readonly CopyVault[];
  /** Until when the alarms of a plan call nobody; a plan that is not paused is missing. */
  readonly pausedUntil: ReadonlyMap<string, Date>;
  /** Of plans with engine `both`: the plan of DynamoDB, and that of AWS Backup beside it. */
  readonly pairs: ReadonlyMap<string, string>;
}

/**
 * Turns what an operator wrote into what a stack deploys. What may surprise somebody becomes a warning of the stack.
 *
 * @throws Error naming every fault of every plan at once, each with its path, the value received and what is allowed
 */
export function checkedDeployment(stack: Stack, props: DeploymentProps): CheckedDeployment {
  const { owner = ownerOf(stack.stackName), backupNamePrefix = 'scheduled', drillTablePrefix = 'ddb-drill-' } = props;
  const byEngine = plansByEngine(props.plans);
  const readings = Object.entries(byEngine.plans).map(([name, plan]) => readPlan(name, plan));
  const plans = readings.flatMap(({ plan }) => (plan ? [plan] : []));
  const drillNaming = drillNamingFaults(stack, drillTablePrefix);
  const checked = plans.map((plan) => plan.checked);
  const wrongVault = vaultFaults(props.vault, checked);
  const [vaultLock, copyLock] =
    wrongVault.length === 0 ? [lockOf(props.vault?.lock), lockOf(props.vault?.copies?.lock)] : [];
  const vaultName = props.vault?.existing ?? `dynamodb-backups-${owner}`;
  const { errors, warnings } = checkPlans(checked, {
    ...(drillNaming.length === 0 && { drillPrefix: drillTablePrefix }),
    vaultLock,
    copyLock,
  });
  refuse(stack, [
    ...placeFaults(stack, props),
    ...namingFaults({ owner, prefix: backupNamePrefix }),
    ...drillNaming,
    ...summaryFaults(props),
    ...wrongVault,
    ...byEngine.faults,
    ...byEngine.asWritten(readings.flatMap(({ faults }) => faults)),
    ...notifyFaults(stack, props.notify),
    ...byEngine.asWritten(errors.map(({ message }) => message)),
    ...byEngine.asWritten(checked.flatMap((plan) => copyFaults(stack, plan, { owner, vaultName }))),
  ]);
  const pauseWarnings = readings.flatMap(({ name, pause: { warning } }) =>
    warning === undefined ? [] : [{ path: `plans.${name}.pausedUntil`, message: warning }],
  );
  warn(stack, byEngine, [...warnings, ...byEngine.warnings, ...pauseWarnings]);
  stack.node.addValidation({
    validate: () => Object.entries(props.plans).flatMap(([name, plan]) => drillSchemaFaults(name, plan)),
  });
  return {
    plans: plans.map(({ deployed }) => deployed),
    owner,
    backupNamePrefix,
    drillTablePrefix,
    sendsEvents: props.events !== false,
    vault: checked.some(({ backup }) => backup.engine === 'aws-backup')
      ? { ...props.vault, name: vaultName }
      : undefined,
    copyVaults: copyVaults(stack, checked, owner),
    pausedUntil: new Map(readings.flatMap(({ name, pause }) => (pause.until ? [[name, pause.until]] : []))),
    pairs: byEngine.pairs,
  };
}

interface Reading {
  readonly name: string;
  readonly pause: Pausing;
  readonly faults: readonly string[];
  /** The plan as it can be checked, and as it is deployed: with the tokens of names nobody knows yet. */
  readonly plan?: { readonly checked: Plan; readonly deployed: Plan };
}

function readPlan(name: string, props: EnginePlanProps): Reading {
  const { input, tokens, pausedUntil } = checkablePlan(name, props);
  const pause = pausing(name, pausedUntil, new Date());
  const pauseFaults = pause.fault === undefined ? [] : [pause.fault];
  const parsed = parsePlan(input);
  if (parsed.ok) {
    const { plan } = parsed;
    return { name, pause, faults: pauseFaults, plan: { checked: plan, deployed: withTokens(plan, tokens) } };
  }
  const faults = parsed.faults.map(({ path, message }) => `plans.${name}${path === '' ? ': ' : '.'}${message}`);
  return { name, pause, faults: [...faults, ...pauseFaults] };
}

function summaryFaults({ notify }: DeploymentProps): string[] {
  const { weeklySummary = false } = notify ?? {};
  const parsed = weeklySummary === false ? undefined : parseSchedule(weeklySummary);
  return !parsed || parsed.ok ? [] : [`notify.weeklySummary ${parsed.error}`];
}

function placeFaults(stack: Stack, { plans }: DeploymentProps): string[] {
  return [
    ...(Token.isUnresolved(stack.region) ? [] : regionFaults(stack.region)),
    ...(Object.keys(plans).length === 0 ? ['plans must hold at least one plan, got none'] : []),
    ...Object.entries(plans).flatMap(([name, plan]) => [
      ...foreignTableFaults(stack, name, plan),
      ...drillRegionFaults(stack, name, plan),
      ...foreignDrillFaults(stack, name, plan),
    ]),
  ];
}

function warn(stack: Stack, { asWritten }: PlansByEngine, warnings: readonly Pick<Fault, 'path' | 'message'>[]): void {
  const said = new Map(
    warnings.map(({ path, message }) => asWritten([path, message])).map(([path = '', message = '']) => [path, message]),
  );
  for (const [path, message] of said) Annotations.of(stack).addWarningV2(`dynamodb-backups:${path}`, message);
}

function refuse(stack: Stack, faults: readonly string[]): void {
  if (faults.length === 0) return;
  throw new Error(`${stack.stackName} cannot be deployed:\n${faults.map((fault) => `- ${fault}`).join('\n')}`);
}
