import { readFileSync } from 'node:fs';
import { App, Duration, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { BackupStack, type BackupStackProps } from '../../lib/backup-stack.ts';
import { DrillStack } from '../../lib/drill-stack.ts';
import type { MonitoringProps } from '../../lib/monitoring-props.ts';
import { MonitoringStack } from '../../lib/monitoring-stack.ts';
import type { EnginePlanProps } from '../../lib/both-engines.ts';
import type { CopyProps } from '../../lib/plan-props.ts';
import { VaultStack } from '../../lib/vault-stack.ts';

export const account = '123456789012';
export const region = 'eu-west-1';
export const env = { account, region };

/** A plan nothing is wrong with. */
export function aPlan(changes: Partial<EnginePlanProps> = {}): EnginePlanProps {
  return {
    tables: { named: ['orders'] },
    backup: { schedule: 'rate(1 hour)' },
    keep: { hourly: 24, daily: 7 },
    ...changes,
  };
}

/**
 * An app with the settings of cdk.json, made quick: functions are not bundled, and the template is not validated against
 * CloudFormation's schemas, which takes ten seconds and is done once, on the real app.
 */
export function anApp(): App {
  const { context } = JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8')) as {
    context: object;
  };
  return new App({
    context: { ...context, 'aws:cdk:bundling-stacks': [] },
    analyticsReporting: false,
    builtinCloudFormationValidation: false,
  });
}

/** A deployment of one plan, unless told otherwise, in account 123456789012 and Region eu-west-1. */
export function aStack(props: Partial<BackupStackProps> = {}): BackupStack {
  return new BackupStack(anApp(), 'Backups', { env, plans: { orders: aPlan() }, ...props });
}

/** A plan that drills, nothing wrong with it. */
export function aDrillingPlan(changes: Partial<EnginePlanProps> = {}): EnginePlanProps {
  return aPlan({
    objectives: { recoveryTime: Duration.hours(1) },
    drill: { schedule: 'cron(0 6 ? * SUN *)' },
    ...changes,
  });
}

/** The drill stack of a deployment. */
export function aDrillStack(props: Partial<BackupStackProps> = {}): DrillStack {
  const app = anApp();
  const backups = new BackupStack(app, 'Backups', { env, plans: { orders: aDrillingPlan() }, ...props });
  const { deployment, ledger, encryptionKey } = backups;
  return new DrillStack(app, 'Drills', { env: props.env ?? env, deployment, ledger, encryptionKey });
}

/** A plan whose backups AWS Backup takes, nothing wrong with it. */
export function aVaultedPlan(changes: Partial<EnginePlanProps> = {}): EnginePlanProps {
  return aPlan({ backup: { schedule: 'cron(0 3 * * ? *)', engine: 'aws-backup' }, keep: { daily: 7 }, ...changes });
}

/** A plan whose recovery points are copied to another Region, nothing wrong with it. */
export function aCopyingPlan(
  changes: Partial<EnginePlanProps> = {},
  copies: readonly CopyProps[] = [toFrankfurt],
): EnginePlanProps {
  const backup = { schedule: 'cron(0 3 * * ? *)', engine: 'aws-backup', awsBackup: { copies } } as const;
  return aVaultedPlan({ backup, ...changes });
}

export const toFrankfurt: CopyProps = { region: 'eu-central-1', keep: { daily: 14 } };

/** The vault stack of a deployment, and its backup stack. */
export function aVaultStack(props: Partial<BackupStackProps> = {}): { vaults: VaultStack; backups: BackupStack } {
  const app = anApp();
  const backups = new BackupStack(app, 'Backups', { env, plans: { orders: aVaultedPlan() }, ...props });
  const { deployment, encryptionKey, pruneRole } = backups;
  const vaults = new VaultStack(app, 'Vaults', {
    env: props.env ?? env,
    vaultName: deployment.vault?.name ?? '',
    lock: props.vault?.lock,
    pruneRole,
    encryptionKey: props.vault?.encryptionKey ?? encryptionKey,
  });
  return { vaults, backups };
}

/** The monitoring stack of a deployment. */
export function aMonitoringStack(
  props: Partial<Omit<BackupStackProps, 'monitoring'>> & { readonly monitoring?: MonitoringProps } = {},
): MonitoringStack {
  const app = anApp();
  const backups = new BackupStack(app, 'Backups', { env, plans: { orders: aPlan() }, ...props });
  const { deployment, ledger, encryptionKey } = backups;
  const { monitoring, notify } = props;
  return new MonitoringStack(app, 'Monitoring', {
    env: props.env ?? env,
    deployment,
    ledger,
    encryptionKey,
    deadLetters: backups.deadLetters,
    monitoring,
    notify,
  });
}

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
}

const knownResources = new WeakMap<Stack, Record<string, Resource>>();

/** All resources of a stack by logical id. It is synthesized once, so nothing is to be added to it afterwards. */
export function resourcesOf(stack: Stack): Record<string, Resource> {
  const known = knownResources.get(stack);
  if (known) return known;
  const { Resources } = Template.fromStack(stack).toJSON() as { Resources: Record<string, Resource> };
  knownResources.set(stack, Resources);
  return Resources;
}

/** The properties of all resources of one type. */
export function propertiesOf(stack: Stack, type: string): Resource['Properties'][] {
  return Object.values(resourcesOf(stack))
    .filter((resource) => resource.Type === type)
    .map((resource) => resource.Properties);
}
