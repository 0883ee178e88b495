import { Column, Dashboard, type IWidget, PeriodOverride } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Plan } from '../../../lambda/domain/plan.ts';
import { answers, eitherEngine } from './dashboard-answers.ts';
import { backupGraphs } from './dashboard-backups.ts';
import { choices, chosenPlan } from './dashboard-choice.ts';
import { copyGraphs } from './dashboard-copies.ts';
import { costGraphs } from './dashboard-costs.ts';
import { deploymentNumbers } from './dashboard-deployment.ts';
import { restoreGraphs, type RestoreGraphsProps } from './dashboard-restores.ts';
import { retentionGraphs } from './dashboard-retention.ts';
import { heading, introduction, type Runbook, runbookLinks } from './dashboard-text.ts';

export interface BackupDashboardProps {
  /** What is deployed: at least one plan. */
  readonly plans: readonly Plan[];
  /** Plans of DynamoDB and those of AWS Backup beside them, which cover the same tables. */
  readonly pairs: ReadonlyMap<string, string>;
  readonly owner: string;
  /** Whether tables publish gauges of their own. */
  readonly detail: 'plan' | 'table';
  /** How many days before a restore takes too long an alarm says so. */
  readonly forecastDays: number;
  /** What the dashboard points to at its end. */
  readonly runbook: Runbook;
}

/**
 * The dashboard of a deployment: for all plans the two answers, are we inside RPO and inside RTO, and then for one plan everything behind
 * them. Its size does not grow with the number of tables; with many plans only the answers do.
 */
export class BackupDashboard extends Construct {
  readonly name: string;

  constructor(scope: Construct, id: string, props: BackupDashboardProps) {
    super(scope, id);
    this.name = `dynamodb-backups-${props.owner}`;
    const drilling = props.plans.filter(({ drill }) => drill).map(({ name }) => name);
    const names = props.plans.map(({ name }) => name);
    const plan = chosenPlan(names);
    new Dashboard(this, 'Dashboard', {
      dashboardName: this.name,
      start: '-P1W',
      periodOverride: PeriodOverride.INHERIT,
      variables: choices(names, drilling.length > 0),
      widgets: [
        [introduction(props.owner)],
        [heading('Are we inside our objectives?')],
        ...overview(props),
        ...restores({ ...props, plan, drilling }),
        [heading(`Are the backups of ${plan} complete?`)],
        ...backupGraphs(plan, props.detail),
        ...copyGraphs(props.plans),
        [heading(`What does retention do with the backups of ${plan}?`)],
        ...retentionGraphs(plan),
        [heading('What does it cost?')],
        ...costGraphs(names),
        ...runbookLinks(props.runbook),
      ],
    });
  }
}

/** Where no plan drills there is nothing to show of restores, and the answers say so. */
function restores(props: RestoreGraphsProps): IWidget[][] {
  if (props.drilling.length === 0) return [];
  return [[heading(`Do the backups of ${props.plan} come back, and how fast?`)], ...restoreGraphs(props)];
}

/** A single plan has the numbers of the deployment beside its answers, several have them below. */
function overview({ plans, pairs }: BackupDashboardProps): IWidget[][] {
  const names = plans.map(({ name }) => name);
  if (plans.length > 1)
    return [answers(plans), ...eitherEngine(pairs), deploymentNumbers(names, { tables: 14, watch: 10 })];
  return [[...answers(plans), new Column(...deploymentNumbers(names, { tables: 12, watch: 12 }))]];
}
