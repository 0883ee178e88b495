import {
  DashboardVariable,
  DefaultValue,
  type IVariable,
  Values,
  VariableInputType,
  VariableType,
} from 'aws-cdk-lib/aws-cloudwatch';
import { drillMetrics, metricDimensions, metricsNamespace } from '../../../lambda/contract/metrics.ts';

/** Stands on the dashboard where the name of a chosen table belongs. CloudWatch puts the choice in its place. */
export const chosenTable = 'the chosen table';
const placeOfPlan = 'the chosen plan';

/** The plan whose details are shown: the only one, or what stands for the one chosen above the dashboard. */
export function chosenPlan(plans: readonly string[]): string {
  const [only, ...others] = plans;
  return only !== undefined && others.length === 0 ? only : placeOfPlan;
}

/** What can be chosen above the dashboard: a plan where there are several, and a table that was drilled where tables are. */
export function choices(plans: readonly string[], drills: boolean): IVariable[] {
  return [...(plans.length > 1 ? [planChoice(plans)] : []), ...(drills ? [tableChoice()] : [])];
}

function planChoice(plans: readonly string[]): IVariable {
  return new DashboardVariable({
    id: 'plan',
    label: 'Plan',
    type: VariableType.PATTERN,
    value: placeOfPlan,
    inputType: VariableInputType.SELECT,
    values: Values.fromValues(...plans.map((value) => ({ value }))),
    defaultValue: DefaultValue.value(plans[0]),
  });
}

function tableChoice(): IVariable {
  return new DashboardVariable({
    id: 'table',
    label: 'Table, for the phases of its restores',
    type: VariableType.PATTERN,
    value: chosenTable,
    inputType: VariableInputType.SELECT,
    values: Values.fromSearchComponents({
      namespace: metricsNamespace,
      dimensions: [metricDimensions.plan, metricDimensions.table],
      metricName: drillMetrics.age,
      populateFrom: metricDimensions.table,
    }),
    defaultValue: DefaultValue.FIRST,
  });
}
