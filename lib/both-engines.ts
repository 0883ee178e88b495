import type { Fault } from '../lambda/domain/faults.ts';
import type { Engine } from '../lambda/domain/plan.ts';
import type { DrillProps } from './drill-props.ts';
import type { PlanProps } from './plan-props.ts';

/** A plan of one engine. */
export interface EnginePlanProps extends PlanProps {
  readonly backup: PlanProps['backup'] & { readonly engine?: Engine };
}

export interface PlansByEngine {
  readonly plans: Readonly<Record<string, EnginePlanProps>>;
  /** Says of the plans as they were written what was found of those that are deployed, and each thing once. */
  readonly asWritten: (texts: readonly string[]) => string[];
  /** Of plans with engine `both`: the plan of DynamoDB, and that of AWS Backup beside it. */
  readonly pairs: ReadonlyMap<string, string>;
  /** Plans that somebody else has the name of. */
  readonly faults: readonly string[];
  /** What plans with engine `both` ask for that only one engine does. */
  readonly warnings: readonly Pick<Fault, 'path' | 'message'>[];
}

/**
 * The plans that are deployed for those that an operator wrote: for each with engine `both`, one of DynamoDB with its name and one of AWS
 * Backup with `-vault` after it.
 * > Each engine has a result, a retention and an objective of its own: what one of them keeps excuses nothing of the other.
 * Point-in-time recovery is a matter of the table and stays with the first, as do drills that restore it. Other drills restore backups of
 * both, and what AWS Backup cannot do on the way, such as another Region, is done with those of DynamoDB only; that is said.
 */
export function plansByEngine(given: Readonly<Record<string, PlanProps>>): PlansByEngine {
  const pairs = new Map(
    Object.entries(given).flatMap(([name, { backup }]) => (backup.engine === 'both' ? [[name, `${name}-vault`]] : [])),
  );
  const taken = [...pairs].filter(([, twin]) => Object.hasOwn(given, twin));
  const plans = Object.entries(given).flatMap(([name, plan]) => {
    const twin = pairs.get(name);
    return twin === undefined
      ? [[name, plan as EnginePlanProps]]
      : [
          [name, ofDynamoDb(plan)],
          [twin, ofAwsBackup(plan)],
        ];
  });
  return {
    plans: Object.fromEntries(plans) as Record<string, EnginePlanProps>,
    pairs,
    asWritten: (texts) => [...new Set(texts.map((text) => withoutTwins(text, pairs)))],
    faults: taken.map(
      ([name, twin]) => `plans.${twin} must have another name, for plan ${name} of both engines has it`,
    ),
    warnings: [...pairs].flatMap(([name, twin]) => dropped(name, twin, given[name]?.drill)),
  };
}

function ofDynamoDb(plan: PlanProps): EnginePlanProps {
  const { backup, drill } = plan;
  return {
    ...plan,
    backup: { ...without(backup, 'awsBackup'), engine: 'dynamodb' },
    ...(drill && { drill: without(drill, 'reportToAwsBackup') }),
  };
}

function ofAwsBackup(plan: PlanProps): EnginePlanProps {
  const { backup, drill } = plan;
  const restoresPoints = drill && drill.backup !== 'point-in-time';
  return {
    ...without(without(plan, 'drill'), 'pointInTimeRecovery'),
    backup: { ...backup, engine: 'aws-backup' },
    ...(restoresPoints && { drill: ofRecoveryPoints(drill) }),
  };
}

/** > A key of another Region goes with the Region: where the vault is, nothing can be restored with it. */
function ofRecoveryPoints(drill: DrillProps): DrillProps {
  const atHome = without(without(drill, 'region'), 'indexes');
  const { region, encryptionKey } = drill;
  return region !== undefined && typeof encryptionKey === 'object' ? without(atHome, 'encryptionKey') : atHome;
}

function dropped(name: string, twin: string, drill: DrillProps | undefined): Pick<Fault, 'path' | 'message'>[] {
  if (!drill || drill.backup === 'point-in-time') return [];
  const { region, indexes = 'all' } = drill;
  const warning = (member: string, why: string) => {
    const path = `plans.${name}.drill.${member}`;
    return { path, message: `${path} is for backups of DynamoDB only: plan ${twin} ${why}` };
  };
  return [
    ...(region === undefined
      ? []
      : [warning('region', `drills where its vault is, for AWS Backup restores nowhere else; got '${region}'`)]),
    ...(indexes === 'all'
      ? []
      : [
          warning(
            'indexes',
            `restores every index, for AWS Backup cannot do otherwise; got ${JSON.stringify(indexes)}`,
          ),
        ]),
  ];
}

/** What nobody knows stays in, for the schema to refuse it. */
function without<Props extends object, Key extends keyof Props>(props: Props, key: Key): Omit<Props, Key> {
  const rest: Omit<Props, Key> & Partial<Pick<Props, Key>> = { ...props };
  Reflect.deleteProperty(rest, key);
  return rest;
}

function withoutTwins(text: string, pairs: PlansByEngine['pairs']): string {
  return [...pairs].reduce((said, [name, twin]) => said.replaceAll(`plans.${twin}.`, `plans.${name}.`), text);
}
