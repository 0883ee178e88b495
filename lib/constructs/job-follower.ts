import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { Plan } from '../../lambda/domain/plan.ts';
import { followRoleStatements, type FollowRoleScope } from '../permissions/follow-role.ts';
import type { FailureQueue } from './failure-queue.ts';
import { JobEndings } from './job-endings.ts';
import { JobFunction, logGroupName, type JobFunctionProps } from './job-function.ts';
import { JobSchedules, planInput } from './job-schedules.ts';

export interface JobFollowerProps extends Omit<
  JobFunctionProps,
  'job' | 'description' | 'statements' | 'logGroupName'
> {
  readonly owner: string;
  /** Those of AWS Backup. */
  readonly plans: readonly Plan[];
  readonly roleScope: FollowRoleScope;
  readonly group: IScheduleGroup;
  readonly undelivered: FailureQueue;
}

/** A job of AWS Backup takes minutes at least, and events of its end may be lost. */
const lookEvery = 'rate(10 minutes)';

/**
 * Follows the jobs of AWS Backup that backup runs started, each to its end, and then the copies of what they made: when one ends, and again
 * and again.
 */
export class JobFollower extends Construct {
  readonly function: IFunction;

  constructor(scope: Construct, id: string, props: JobFollowerProps) {
    super(scope, id);
    const { owner, plans, roleScope, group, undelivered, ...functionProps } = props;
    const { encryptionKey } = props;
    const follow = new JobFunction(this, 'Default', {
      ...functionProps,
      job: 'follow',
      description: 'Follows backup jobs to their end',
      statements: followRoleStatements(roleScope),
      logGroupName: logGroupName(owner, 'follow'),
    });
    this.function = follow.function;
    new JobSchedules(this, 'Schedules', {
      job: 'follow',
      function: follow.function,
      group,
      undelivered,
      encryptionKey,
      timings: plans.map((plan) => ({ ...planInput(plan), expression: lookEvery, timeZone: 'UTC' })),
    });
    const { vault } = roleScope;
    if (vault) new JobEndings(this, 'Endings', { vaultArn: vault.vaultArn, plans, function: follow.function });
  }
}
