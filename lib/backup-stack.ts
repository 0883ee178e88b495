import { CfnOutput, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { ScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { Construct } from 'constructs';
import {
  copyRoleVariable,
  environmentNames,
  eventBusVariable,
  vaultVariables,
} from '../lambda/contract/environment.ts';
import { eventBusName } from '../lambda/contract/events.ts';
import { scheduleGroupName } from '../lambda/contract/schedules.ts';
import { defaultPruneSchedule } from '../lambda/domain/prune-cadence.ts';
import { checkedDeployment, type CheckedDeployment } from './checked-deployment.ts';
import { BackupServiceRole } from './constructs/backup-service-role.ts';
import { CopyServiceRole } from './constructs/copy-service-role.ts';
import { DeploymentKey } from './constructs/deployment-key.ts';
import { FailureQueue } from './constructs/failure-queue.ts';
import { JobFunction, logGroupName } from './constructs/job-function.ts';
import { JobFollower, type JobFollowerProps } from './constructs/job-follower.ts';
import { backupJobs, drillJobs, monitoringJobs, vaultJobs } from './constructs/jobs.ts';
import { JobSchedules, planInput } from './constructs/job-schedules.ts';
import { Ledger } from './constructs/ledger.ts';
import { type DeadLetters, deadLettersOf } from './constructs/monitoring/deployment-symptoms.ts';
import type { DeploymentProps } from './deployment-props.ts';
import { backupRoleStatements } from './permissions/backup-role.ts';
import { copyAccess } from './permissions/copy-access.ts';
import { pruneRoleStatements } from './permissions/prune-role.ts';
import { tableArns } from './permissions/table-arns.ts';
import { vaultAccess } from './permissions/vault-access.ts';

export interface BackupStackProps extends StackProps, DeploymentProps {}

/** Takes and prunes the backups of one account and Region. */
export class BackupStack extends Stack {
  /** What a drill stack of the same deployment goes by. */
  readonly deployment: CheckedDeployment;
  readonly ledger: Ledger;
  readonly encryptionKey: IKey | undefined;
  readonly deadLetters: readonly DeadLetters[];
  /** The only role that may delete backups. */
  readonly pruneRole: IRole;

  constructor(scope: Construct, id: string, props: BackupStackProps) {
    super(scope, id, props);
    this.deployment = checkedDeployment(this, props);
    const { plans, owner, backupNamePrefix, drillTablePrefix, sendsEvents, vault, copyVaults } = this.deployment;
    const recovering = plans.filter(({ pointInTimeRecovery }) => pointInTimeRecovery?.correct);
    const vaulted = plans.filter((plan) => plan.backup.engine === 'aws-backup');

    const encryptionKey = this.keyOf(props);
    const ledger = new Ledger(this, 'Ledger', { encryptionKey });
    this.encryptionKey = encryptionKey;
    this.ledger = ledger;
    const undelivered = new FailureQueue(this, 'UndeliveredEvents', { encryptionKey });
    const failedRuns = new FailureQueue(this, 'FailedRuns', { encryptionKey });
    this.deadLetters = deadLettersOf('backup', { undelivered, failedRuns });

    const access = vault && vaultAccess(this, vault.name, tableArns(this, vaulted));
    const serviceRole = access && new BackupServiceRole(this, 'BackupServiceRole', access);
    const copies = access && copyAccess(this, access, copyVaults);
    const copyRole = copies && new CopyServiceRole(this, 'CopyServiceRole', { access: copies, vaults: copyVaults });
    const roleScope = {
      tables: tableArns(this, plans),
      backedUpByDynamoDb: tableArns(
        this,
        plans.filter((plan) => !vaulted.includes(plan)),
      ),
      keptRecoverable: recovering.length > 0 ? tableArns(this, recovering) : undefined,
      vault: access,
      copies,
      copyRoleArn: copyRole?.roleArn,
      serviceRoleArn: serviceRole?.roleArn,
      ledger,
      encryptionKey,
      sendsEvents,
    };
    const shared = {
      environment: {
        [environmentNames.ledgerTableName]: ledger.tableName,
        [environmentNames.owner]: owner,
        [environmentNames.backupNamePrefix]: backupNamePrefix,
        [environmentNames.drillTablePrefix]: drillTablePrefix,
        ...(sendsEvents && { [eventBusVariable]: eventBusName }),
        ...(vault && { [vaultVariables.vaultName]: vault.name }),
      },
      logRetention: props.logRetention ?? RetentionDays.THREE_MONTHS,
      failedRuns,
      encryptionKey,
    };
    const backup = new JobFunction(this, 'Backup', {
      ...shared,
      environment: {
        ...shared.environment,
        ...(serviceRole && { [vaultVariables.roleArn]: serviceRole.roleArn }),
      },
      job: 'backup',
      description: 'Takes the backups of a slot',
      statements: backupRoleStatements(roleScope),
      logGroupName: logGroupName(owner, 'backup'),
      reservedConcurrency: props.reservedConcurrency?.backup,
    });
    const prune = new JobFunction(this, 'Prune', {
      ...shared,
      job: 'prune',
      description: 'Deletes the backups that expired',
      statements: pruneRoleStatements(roleScope),
      logGroupName: logGroupName(owner, 'prune'),
      reservedConcurrency: props.reservedConcurrency?.prune,
      // Vaults in other Regions name it, which can import nothing from here; IAM knows no Regions.
      roleName: vault && `dynamodb-backups-${owner}-prune-${this.region}`,
    });

    this.pruneRole = prune.role;

    // The name claims the owner id: a second stack of the same account and Region with the same owner fails to deploy.
    const group = new ScheduleGroup(this, 'Schedules', {
      scheduleGroupName: scheduleGroupName.backup(owner),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const scheduling = { group, undelivered, encryptionKey };
    new JobSchedules(this, 'BackupSchedules', {
      ...scheduling,
      job: 'backup',
      function: backup.function,
      timings: plans.map((plan) => ({
        ...planInput(plan),
        expression: plan.backup.schedule,
        timeZone: plan.backup.timeZone,
        flexibleWindowMinutes: plan.backup.flexibleWindowMinutes,
      })),
    });
    new JobSchedules(this, 'PruneSchedules', {
      ...scheduling,
      job: 'prune',
      function: prune.function,
      timings: plans.map((plan) => ({
        ...planInput(plan),
        expression: plan.prune.schedule ?? defaultPruneSchedule(plan),
        timeZone: plan.prune.timeZone,
      })),
    });

    if (access) this.follow({ ...shared, ...scheduling, owner, plans: vaulted, roleScope }, copyRole);

    this.outputs({
      Owner: owner,
      LedgerTableName: ledger.tableName,
      BackupFunctionName: backup.function.functionName,
      PruneFunctionName: prune.function.functionName,
      ScheduleGroupName: group.scheduleGroupName,
      UndeliveredEventsUrl: undelivered.queueUrl,
      FailedRunsUrl: failedRuns.queueUrl,
    });
  }

  private follow({ environment, ...props }: JobFollowerProps, copyRole: CopyServiceRole | undefined): void {
    const forCopies = copyRole && { [copyRoleVariable]: copyRole.roleArn };
    new JobFollower(this, 'Follow', { ...props, environment: { ...environment, ...forCopies } });
  }

  private keyOf({ encryptionKey, monitoring }: DeploymentProps): IKey | undefined {
    if (encryptionKey === 'aws-owned') return undefined;
    const { owner, plans, vault } = this.deployment;
    const deployed = [
      ...backupJobs,
      ...(vault ? vaultJobs : []),
      ...(plans.some(({ drill }) => drill) ? drillJobs : []),
      ...(monitoring === false ? [] : monitoringJobs),
    ];
    const logGroupNames = deployed.map((job) => logGroupName(owner, job));
    return encryptionKey ?? new DeploymentKey(this, 'Key', { logGroupNames });
  }

  private outputs(values: Readonly<Record<string, string>>): void {
    for (const [name, value] of Object.entries(values)) new CfnOutput(this, name, { value });
  }
}
