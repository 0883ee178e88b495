import type { DrillPlan, Plan, PlanInput } from '../lambda/domain/plan.ts';
import type { EnginePlanProps } from './both-engines.ts';
import type { DrillProps } from './drill-props.ts';
import type { AwsBackupProps, CopyProps, KeepProps, PlanProps } from './plan-props.ts';
import { checkableArn, checkableName, type StandIns } from './stand-ins.ts';

/**
 * A plan as JSON that can be checked now, and what must be put back before it is deployed. A name that only CloudFormation will know
 * is replaced by a stand-in, for nobody can check a token.
 */
export interface CheckablePlan {
  readonly input: PlanInput;
  /** Stand-in name -> the token it stands for. */
  readonly tokens: ReadonlyMap<string, string>;
  /** What no run needs to know: alarms are paused by the deployment. */
  readonly pausedUntil: PlanProps['pausedUntil'];
}

/**
 * Writes what an operator promised as the JSON a schedule carries. It checks nothing, and it carries keys it does not know along: the
 * plan's schema names every fault at once.
 */
export function checkablePlan(name: string, props: EnginePlanProps): CheckablePlan {
  const { tables, backup, keep, objectives, drill, pausedUntil, ...rest } = props;
  const { flexibleWindow, awsBackup, ...backupRest } = backup;
  const tokens: StandIns = new Map();
  const input: PlanInput = {
    ...rest,
    name,
    tables: {
      ...tables,
      named: tables.named?.map((table) => checkableName(table, tokens)),
      matching: tables.matching?.slice(),
      except: tables.except?.slice(),
    },
    backup: {
      ...backupRest,
      flexibleWindowMinutes: flexibleWindow?.toMinutes(),
      ...(awsBackup && { awsBackup: checkableAwsBackup(awsBackup) }),
    },
    keep: checkableKeep(keep),
    objectives: objectives && {
      ...objectives,
      recoveryPoint: objectives.recoveryPoint?.toIsoString(),
      recoveryTime: objectives.recoveryTime?.toIsoString(),
    },
    drill: drill && checkableDrill(drill, tokens),
  };
  return { input, tokens, pausedUntil };
}

function checkableAwsBackup(props: AwsBackupProps): PlanInput['backup']['awsBackup'] {
  const { startWindow, completionWindow, coldAfter, deleteAfter, copies, ...rest } = props;
  return {
    ...rest,
    startWindowMinutes: startWindow?.toMinutes({ integral: false }),
    completionWindowMinutes: completionWindow?.toMinutes({ integral: false }),
    coldAfterDays: coldAfter?.toDays({ integral: false }),
    deleteAfterDays: deleteAfter?.toDays({ integral: false }),
    ...(copies && { copies: copies.map(checkableCopy) }),
  };
}

function checkableCopy({ keep, coldAfter, ...rest }: CopyProps) {
  return {
    ...rest,
    keep: checkableKeep(keep),
    ...(coldAfter && { coldAfterDays: coldAfter.toDays({ integral: false }) }),
  };
}

function checkableKeep(keep: KeepProps): PlanInput['keep'] {
  return { ...keep, within: keep.within?.toIsoString() };
}

function checkableDrill(props: DrillProps, tokens: StandIns): PlanInput['drill'] {
  const { encryptionKey, restoreTo, timeout, indexes, rearm, validate, ...rest } = props;
  return {
    ...rest,
    encryptionKey: typeof encryptionKey === 'object' ? keyOf(encryptionKey.keyArn, tokens) : encryptionKey,
    restoreTo: restoreTo && { ...restoreTo, before: restoreTo.before.toIsoString() },
    timeout: timeout?.toIsoString(),
    indexes: typeof indexes === 'object' ? indexes.slice() : indexes,
    rearm: rearm?.slice(),
    validate: validate && checkableValidation(validate, tokens),
  };
}

function keyOf(arn: string, tokens: StandIns): string {
  return checkableArn(arn, { service: 'kms', kind: 'key/' }, tokens);
}

function checkableValidation(props: NonNullable<DrillProps['validate']>, tokens: StandIns) {
  const { checks, function: asked, functionTimeout, ...rest } = props;
  return {
    ...rest,
    checks: checks?.map((check) => ({ ...check, table: checkableName(check.table, tokens) })),
    function: asked && checkableArn(asked.functionArn, { service: 'lambda', kind: 'function:' }, tokens),
    functionTimeoutSeconds: functionTimeout?.toSeconds({ integral: false }),
  };
}

/** Puts the tokens back for which stand-ins were checked. */
export function withTokens({ drill, ...plan }: Plan, tokens: CheckablePlan['tokens']): Plan {
  const named = plan.tables.named?.map((name) => tokens.get(name) ?? name);
  return {
    ...plan,
    tables: { ...plan.tables, ...(named && { named }) },
    ...(drill && { drill: drillWithTokens(drill, tokens) }),
  };
}

function drillWithTokens(drill: DrillPlan, tokens: CheckablePlan['tokens']): DrillPlan {
  const { encryptionKey, validate } = drill;
  const { checks, function: asked } = validate;
  return {
    ...drill,
    ...(encryptionKey !== undefined && { encryptionKey: tokens.get(encryptionKey) ?? encryptionKey }),
    validate: {
      ...validate,
      checks: checks.map((check) => ({ ...check, table: tokens.get(check.table) ?? check.table })),
      ...(asked !== undefined && { function: tokens.get(asked) ?? asked }),
    },
  };
}
