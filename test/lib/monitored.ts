import { Stack } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { checkedDeployment } from '../../lib/checked-deployment.ts';
import { FailureQueue } from '../../lib/constructs/failure-queue.ts';
import { Alarms } from '../../lib/constructs/monitoring/alarms.ts';
import { deadLettersOf } from '../../lib/constructs/monitoring/deployment-symptoms.ts';
import { Notifications } from '../../lib/constructs/monitoring/notifications.ts';
import type { DeploymentProps } from '../../lib/deployment-props.ts';
import { anApp, aPlan, env } from './deploy.ts';

/** A stack that holds the alarms of a deployment, and stand-ins for what they watch. */
export function aMonitoredStack(props: Partial<DeploymentProps> = {}): Stack {
  const stack = new Stack(anApp(), 'Monitoring', { env });
  const whole = { plans: { orders: aPlan() }, owner: 'team1', ...props };
  const deployment = checkedDeployment(stack, whole);
  const encryptionKey =
    props.encryptionKey === 'aws-owned'
      ? undefined
      : (props.encryptionKey ?? new Key(stack, 'Key', { enableKeyRotation: true }));
  const notifications = new Notifications(stack, 'Notifications', {
    ...props.notify,
    owner: deployment.owner,
    encryptionKey,
  });
  new Alarms(stack, 'Alarms', {
    ...(props.monitoring === false ? {} : props.monitoring),
    deployment,
    notifications,
    watch: LambdaFunction.fromFunctionName(stack, 'Watch', 'watch'),
    deadLetters: deadLettersOf('backup', {
      undelivered: new FailureQueue(stack, 'UndeliveredEvents', { encryptionKey }),
      failedRuns: new FailureQueue(stack, 'FailedRuns', { encryptionKey }),
    }),
    scheduleGroups: [`dynamodb-backups-${deployment.owner}`],
  });
  return stack;
}
