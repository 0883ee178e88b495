import { Token } from 'aws-cdk-lib';
import type { Plan, PlanInput } from '../lambda/domain/plan.ts';
import type { PlanProps, TableConstruct } from './plan-props.ts';

/**
 * A plan as JSON that can be checked now, and what must be put back before it is deployed. A name that only CloudFormation will know
 * is replaced by a stand-in, for nobody can check a token.
 */
export interface CheckablePlan {
  readonly input: PlanInput;
  /** Stand-in name -> the token it stands for. */
  readonly tokens: ReadonlyMap<string, string>;
}

/**
 * Writes what an operator promised as the JSON a schedule carries. It checks nothing, and it carries keys it does not know along: the
 * plan's schema names every fault at once.
 */
export function checkablePlan(name: string, props: PlanProps): CheckablePlan {
  const { tables, backup, keep, objectives, ...rest } = props;
  const { flexibleWindow, ...backupRest } = backup;
  const tokens = new Map<string, string>();
  const input: PlanInput = {
    ...rest,
    name,
    tables: {
      ...tables,
      named: tables.named?.map((table) => checkableName(table, tokens)),
      matching: tables.matching?.slice(),
      except: tables.except?.slice(),
    },
    backup: { ...backupRest, flexibleWindowMinutes: flexibleWindow?.toMinutes() },
    keep: { ...keep, within: keep.within?.toIsoString() },
    objectives: objectives && {
      ...objectives,
      recoveryPoint: objectives.recoveryPoint?.toIsoString(),
      recoveryTime: objectives.recoveryTime?.toIsoString(),
    },
  };
  return { input, tokens };
}

/** Puts the tokens back for which stand-ins were checked. */
export function withTokens(plan: Plan, tokens: CheckablePlan['tokens']): Plan {
  const named = plan.tables.named?.map((name) => tokens.get(name) ?? name);
  return { ...plan, tables: { ...plan.tables, ...(named && { named }) } };
}

/** The name of a table, or a stand-in that reads like the construct it stands for. */
function checkableName(table: string | TableConstruct, tokens: Map<string, string>): string {
  const name = typeof table === 'string' ? table : table.tableName;
  if (!Token.isUnresolved(name)) return name;
  const known = [...tokens].find(([, token]) => token === name);
  if (known) return known[0];
  const standIn =
    typeof table === 'string' ? `token-${tokens.size + 1}` : table.node.path.replace(/[^a-zA-Z0-9_-]/g, '.');
  tokens.set(standIn, name);
  return standIn;
}
