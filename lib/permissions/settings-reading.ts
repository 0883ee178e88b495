import type { Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';

/** Reading the settings of tables that AWS keeps elsewhere than with the table. None of these can change anything. */
export function settingsReadingStatements(stack: Stack): PolicyStatement[] {
  return [
    new PolicyStatement({
      sid: 'ReadIndexSettings',
      actions: ['dynamodb:DescribeContributorInsights'],
      resources: [stack.formatArn({ service: 'dynamodb', resource: 'table', resourceName: '*/index/*' })],
    }),
    new PolicyStatement({
      sid: 'ReadDestinations',
      actions: ['kinesis:DescribeStream', 'kinesis:DescribeStreamSummary'],
      resources: [stack.formatArn({ service: 'kinesis', resource: 'stream', resourceName: '*' })],
    }),
    scalingAndAlarmsReadingStatement(),
  ];
}

/** Application Auto Scaling and CloudWatch know no smaller resource for these than `*`. */
export function scalingAndAlarmsReadingStatement(): PolicyStatement {
  return new PolicyStatement({
    sid: 'ReadScalingAndAlarms',
    actions: [
      'application-autoscaling:DescribeScalableTargets',
      'application-autoscaling:DescribeScalingPolicies',
      'cloudwatch:DescribeAlarms',
    ],
    resources: ['*'],
  });
}
