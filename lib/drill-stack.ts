import { CfnOutput, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import type { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { ScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { Construct } from 'constructs';
import { drillStartEnvironmentNames, eventBusVariable, vaultVariables } from '../lambda/contract/environment.ts';
import { eventBusName } from '../lambda/contract/events.ts';
import { allPlans, scheduleGroupName } from '../lambda/contract/schedules.ts';
import { drilledCopyRegions, type DrillingPlan } from '../lambda/domain/copy-drills.ts';
import { startOfName } from '../lambda/domain/drill/drill-table-name.ts';
import { durationSeconds } from '../lambda/domain/keep-guarantee.ts';
import { scheduleOf } from '../lambda/domain/schedule/expression.ts';
import { intervalBounds } from '../lambda/domain/schedule/interval.ts';
import { settingNames } from '../lambda/domain/settings.ts';
import type { CheckedDeployment } from './checked-deployment.ts';
import { drilledVaults } from './copy-vaults.ts';
import { FailureQueue } from './constructs/failure-queue.ts';
import { JobFunction, logGroupName } from './constructs/job-function.ts';
import { JobSchedules, planInput } from './constructs/job-schedules.ts';
import type { drillJobs } from './constructs/jobs.ts';
import type { Ledger } from './constructs/ledger.ts';
import { RestoreServiceRole } from './constructs/restore-service-role.ts';
import { type DeadLetters, deadLettersOf } from './constructs/monitoring/deployment-symptoms.ts';
import {
  drillRoleStatements,
  drillStartRoleStatements,
  sweepRoleStatements,
  tableKeyStatements,
} from './permissions/drill-roles.ts';
import { copyAccess } from './permissions/copy-access.ts';
import type { PointRestoring } from './permissions/point-restoring.ts';
import { type DrillPlace, rearmStatements, takingOffStatements } from './permissions/rearm-statements.ts';
import { tableArns } from './permissions/table-arns.ts';
import { vaultAccess } from './permissions/vault-access.ts';

export interface DrillStackProps extends StackProps {
  readonly deployment: CheckedDeployment;
  readonly ledger: Ledger;
  readonly encryptionKey: IKey | undefined;
  readonly logRetention?: RetentionDays | undefined;
}

/** Waiting for a place, the restore, its clean-up, and what else may take long: a drill never runs for longer. */
const spareTime = Duration.days(1);
const daySeconds = 24 * 3_600;

/**
 * Rehearses restores. The only place with the right to restore and to delete tables, and then only tables of the drill prefix: a
 * deployment without drills has no such right.
 */
export class DrillStack extends Stack {
  readonly deadLetters: readonly DeadLetters[];

  constructor(scope: Construct, id: string, props: DrillStackProps) {
    super(scope, id, props);
    const { ledger, encryptionKey, deployment } = props;
    const { owner } = deployment;
    const plans = deployment.plans.filter((plan): plan is DrillingPlan => plan.drill !== undefined);
    const undelivered = new FailureQueue(this, 'UndeliveredEvents', { encryptionKey });
    const failedRuns = new FailureQueue(this, 'FailedRuns', { encryptionKey, ofFunction: true });
    this.deadLetters = deadLettersOf('drill', { undelivered, failedRuns });
    const places = this.placesOf(deployment, plans);
    const regions = places.map(({ region }) => region);
    const drillTables = places.map((place) => this.drillTablesIn(place));
    const restoring = this.restoringOf(deployment, plans, { ledger, places });
    const scopeOfRoles = {
      tables: tableArns(this, plans),
      backedUpByDynamoDb: tableArns(
        this,
        plans.filter(({ backup }) => backup.engine === 'dynamodb'),
      ),
      restoring,
      ledger,
      encryptionKey,
      sendsEvents: deployment.sendsEvents,
      drillTables,
      regions,
      validators: [...new Set(plans.flatMap(({ drill }) => drill.validate.function ?? []))],
      toPointInTime: plans.some(({ drill }) => drill.backup === 'point-in-time'),
    };
    const rearming = {
      stack: this,
      places,
      settings: settingNames.filter((name) => plans.some(({ drill }) => drill.rearm.includes(name))),
    };
    const jobFunction = (job: DrillJob, description: string, statements: PolicyStatement[], more: object = {}) =>
      new JobFunction(this, constructIds[job], {
        job,
        description,
        statements,
        environment: environmentOf(deployment, ledger),
        logGroupName: logGroupName(owner, job),
        logRetention: props.logRetention ?? RetentionDays.THREE_MONTHS,
        failedRuns,
        encryptionKey,
        ...more,
      });

    const drill = jobFunction(
      'drill',
      'Rehearses the restore of one table',
      [...drillRoleStatements(scopeOfRoles), ...rearmStatements(rearming)],
      {
        environment: {
          ...environmentOf(deployment, ledger),
          ...(restoring && { [vaultVariables.restoreRoleArn]: restoring.restoreRoleArn }),
          ...(deployment.sendsEvents && eventEnvironment),
        },
        durable: { executionTimeout: longestDrill(plans), retentionPeriod: Duration.days(30) },
      },
    );
    const live = drill.function.addAlias('live');
    const start = jobFunction(
      'drill-start',
      'Starts the drills of a slot',
      drillStartRoleStatements(scopeOfRoles, live.functionArn),
    );
    start.function.addEnvironment(drillStartEnvironmentNames.drillFunctionArn, live.functionArn);
    const sweep = jobFunction('sweep', 'Deletes the drill tables that drills left behind', [
      ...sweepRoleStatements(scopeOfRoles, drill.function.functionArn),
      ...takingOffStatements(rearming),
    ]);

    const group = new ScheduleGroup(this, 'Schedules', {
      scheduleGroupName: scheduleGroupName.drill(owner),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const scheduling = { group, undelivered, encryptionKey };
    new JobSchedules(this, 'DrillSchedules', {
      ...scheduling,
      job: 'drill-start',
      function: start.function,
      timings: plans.map((plan) => ({
        ...planInput(plan),
        expression: plan.drill.schedule,
        timeZone: plan.drill.timeZone,
      })),
    });
    new JobSchedules(this, 'SweepSchedule', {
      ...scheduling,
      job: 'sweep',
      function: sweep.function,
      timings: [
        { name: allPlans, input: { plans: deployment.plans }, expression: sweepSchedule(plans), timeZone: 'UTC' },
      ],
    });
    new CfnOutput(this, 'DrillFunctionName', { value: drill.function.functionName });
    new CfnOutput(this, 'DrillStartFunctionName', { value: start.function.functionName });
    new CfnOutput(this, 'SweepFunctionName', { value: sweep.function.functionName });
  }

  /** What it takes to restore recovery points; nothing where no plan of AWS Backup drills. */
  private restoringOf(
    { vault, owner }: CheckedDeployment,
    plans: readonly DrillingPlan[],
    { ledger, places }: { readonly ledger: Ledger; readonly places: readonly DrillPlace[] },
  ): PointRestoring | undefined {
    const vaulted = plans.filter(({ backup }) => backup.engine === 'aws-backup');
    if (!vault || vaulted.length === 0) return undefined;
    const access = vaultAccess(this, vault.name, tableArns(this, vaulted));
    const regions = new Set([this.region, ...vaulted.flatMap(drilledCopyRegions)]);
    const role = new RestoreServiceRole(this, 'RestoreServiceRole', {
      drillTables: places.filter(({ region }) => regions.has(region)).map((place) => this.drillTablesIn(place)),
      keyStatements: tableKeyStatements({ ledger, regions: [...regions] }),
    });
    return {
      vault: access,
      copies: copyAccess(this, access, drilledVaults(this, vaulted, owner)),
      restoreRoleArn: role.roleArn,
      reportsValidations: vaulted.some(({ drill }) => drill.reportToAwsBackup),
    };
  }

  private drillTablesIn({ region, tablePrefix }: DrillPlace): string {
    return this.formatArn({ service: 'dynamodb', region, resource: 'table', resourceName: `${tablePrefix}*` });
  }

  /** Where drill tables of this deployment may be, its own Region first, and how their names begin there. */
  private placesOf({ drillTablePrefix, owner }: CheckedDeployment, plans: readonly DrillingPlan[]): DrillPlace[] {
    const elsewhere = [...new Set(plans.flatMap((plan) => [plan.drill.region ?? [], drilledCopyRegions(plan)].flat()))];
    const inRegion = (region: string, homeRegion?: string) => ({
      region,
      tablePrefix: startOfName({ drillTablePrefix, owner, homeRegion }),
    });
    return [inRegion(this.region), ...elsewhere.map((region) => inRegion(region, this.region))];
  }
}

const eventEnvironment = { [eventBusVariable]: eventBusName };

type DrillJob = (typeof drillJobs)[number];

const constructIds: Readonly<Record<DrillJob, string>> = {
  'drill-start': 'DrillStart',
  drill: 'Drill',
  sweep: 'Sweep',
};

function environmentOf(deployment: CheckedDeployment, ledger: Ledger): Record<string, string> {
  return {
    [drillStartEnvironmentNames.ledgerTableName]: ledger.tableName,
    [drillStartEnvironmentNames.owner]: deployment.owner,
    [drillStartEnvironmentNames.backupNamePrefix]: deployment.backupNamePrefix,
    [drillStartEnvironmentNames.drillTablePrefix]: deployment.drillTablePrefix,
    ...(deployment.vault && { [vaultVariables.vaultName]: deployment.vault.name }),
  };
}

/** A drill may wait for its place, and then restore, each for as long as the plan allows. */
function longestDrill(plans: readonly DrillingPlan[]): Duration {
  const seconds = Math.max(...plans.map(({ drill }) => durationSeconds(drill.timeout)));
  return Duration.seconds(2 * seconds).plus(spareTime);
}

/**
 * How often drill tables left behind are looked for. They are rare: a stopped execution, or a restore not done within the hour of its clean-up.
 * > Every hour where tables are drilled every day, every 12 hours where drills are rarer.
 * For as long a left table may be paid for, hold on to its backup and go uncounted in `LeftoverDrillTables` after its drill has ended.
 */
function sweepSchedule(plans: readonly DrillingPlan[]): string {
  const gaps = plans.map(
    ({ drill }) => intervalBounds(scheduleOf(drill.schedule), drill.timeZone)?.shortestSeconds ?? Infinity,
  );
  return Math.min(...gaps) > 1.5 * daySeconds ? 'rate(12 hours)' : 'rate(1 hour)';
}
