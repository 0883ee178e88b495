import { Stack, Validations } from 'aws-cdk-lib';
import { Effect, type PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import { spelledArn } from './spelled-arn.ts';

/**
 * Why a statement cannot do without a wildcard, by the statement's Sid. cdk-nag reports each resource with a wildcard (rule
 * AwsSolutions-IAM5); one without a reason here stays a finding.
 */
const reasons: Readonly<Record<string, string>> = {
  ListTablesAndBackups: 'ListTables and ListBackups know no resource but * (Service Authorization Reference)',
  ListBackups: 'ListBackups knows no resource but * (Service Authorization Reference)',
  ListTables: 'ListTables knows no resource but * (Service Authorization Reference)',
  FindTablesByTag: 'tag:GetResources knows no resource but * (Service Authorization Reference)',
  TakeBackups: 'an operator chose these tables by a pattern of names',
  DescribeTables: 'an operator chose these tables by a pattern of names',
  TakeBackupsByTag:
    'an operator chose these tables by tag; the condition on aws:ResourceTag limits the wildcard to them',
  DescribeTablesByTag:
    'an operator chose these tables by tag; the condition on aws:ResourceTag limits the wildcard to them',
  WatchBackups: 'the ids of backups are given by DynamoDB when they are taken',
  ReadTables: 'an operator chose these tables by a pattern of names',
  ReadTablesByTag:
    'an operator chose these tables by tag; the condition on aws:ResourceTag limits the wildcard to them',
  KeepRecoverable: 'an operator chose these tables by a pattern of names',
  KeepRecoverableByTag:
    'an operator chose these tables by tag; the condition on aws:ResourceTag limits the wildcard to them',
  BackUpTables: 'an operator chose these tables by a pattern of names',
  BackUpTablesByTag:
    'an operator chose these tables by tag; the condition on aws:ResourceTag limits the wildcard to them',
  ExpireOwnBackups: 'the ids of backups are given by DynamoDB when they are taken',
  UseKeysOfTables:
    'which keys encrypt the tables is known to DynamoDB only; the condition lets them be used through DynamoDB only',
  LabelRecoveryPoints: 'the ids of recovery points are given by AWS Backup when they are taken',
  TagRecoveryPoints: 'the ids of recovery points are given by AWS Backup when they are taken',
  ReadTagsOfSources: 'the ids of recovery points are given by AWS Backup when they are taken',
  ReadRecoveryPointTags: 'the ids of recovery points are given by AWS Backup when they are taken',
  ReadRecoveryPoints: 'the ids of recovery points are given by AWS Backup when they are taken',
  ExpireRecoveryPoints:
    'the ids of recovery points are given by AWS Backup when they are taken; the code deletes only those whose name and seal are its own',
  ListLegalHolds: 'ListLegalHolds knows no resource but * (Service Authorization Reference)',
  ReadLegalHolds: 'other people place legal holds, whose ids AWS Backup gives; only what they hold can be read',
  RestorePoints:
    'the ids of recovery points are given by AWS Backup when they are taken; the role handed over restores into drill tables only',
  FollowRestoreJobs: 'DescribeRestoreJob and ListRestoreJobs know no resource but * (Service Authorization Reference)',
  ReadRestoreTests: 'ListRestoreJobs knows no resource but * (Service Authorization Reference)',
  ReportValidations: 'PutRestoreValidationResult knows no resource but * (Service Authorization Reference)',
  LookAtSources: 'an operator chose these tables by a pattern of names',
  LookAtSourcesByTag:
    'an operator chose these tables by tag; the condition on aws:ResourceTag limits the wildcard to them',
  RestoreIntoDrillTables: 'the names of drill tables are made by the drill, within its own prefix',
  StartCopyJobs: 'the ids of recovery points are given by AWS Backup when they are taken',
  FollowCopyJobs: 'DescribeCopyJob and ListCopyJobs know no resource but * (Service Authorization Reference)',
  ReadCopyTags: 'the ids of copies are given by AWS Backup when they are made',
  ReadLegalHoldsOfCopies: 'other people place legal holds, whose ids AWS Backup gives; only what they hold can be read',
  ExpireCopies:
    'the ids of copies are given by AWS Backup when they are made; the code deletes only those whose name and seal are its own',
  CopyRecoveryPoints: 'the ids of recovery points are given by AWS Backup when they are taken',
  LabelCopies: 'the ids of copies are given by AWS Backup when they are made',
  LookAtKeysOfVaults: 'which keys encrypt the vaults is chosen elsewhere; only their state can be read',
  UseKeysOfVaults: 'which keys encrypt the vaults is chosen elsewhere; the condition lets only AWS services get grants',
  ReadBackupSettings: 'DescribeRegionSettings knows no resource but * (Service Authorization Reference)',
  FollowBackupJobs: 'DescribeBackupJob and ListBackupJobs know no resource but * (Service Authorization Reference)',
  ReadIndexSettings:
    'the tables of these indexes are chosen elsewhere; only whether Contributor Insights is on can be read',
  ReadDestinations: 'a table may send its changes to any stream; only descriptions of streams can be read',
  ReadScalingAndAlarms:
    'DescribeScalableTargets, DescribeScalingPolicies and DescribeAlarms can be asked for an account only, not for a table',
  RearmTables: 'the names of restored tables are made at run time; all begin with this prefix',
  RearmScaling: 'the ids of scalable targets are given by AWS; the condition limits them to those of DynamoDB',
  RearmScalingAlarms: 'AWS names the alarms of target tracking after the restored tables, whose prefix this is',
  RecreateAlarms: 'alarms of restored tables begin with the names of these tables, whose prefix this is',
  TakeOffTables: 'the names of restored tables are made at run time; all begin with this prefix',
  TakeOffScaling: 'the ids of scalable targets are given by AWS; the condition limits them to those of DynamoDB',
  TakeOffScalingAlarms: 'AWS names the alarms of target tracking after the restored tables, whose prefix this is',
  TakeOffAlarms: 'alarms of restored tables begin with the names of these tables, whose prefix this is',
  FeedStreams: 'a restored table may have to send its changes to any stream its source sent them to',
  ExpireBackups:
    'the ids of backups are given by DynamoDB when they are taken, and backups carry no tags; the code deletes only backups whose name and seal are its own',
  ReadBackups: 'the ids of backups are given by DynamoDB when they are taken',
  RestoreBackups:
    'the ids of backups are given by DynamoDB when they are taken, and the names of drill tables by the drill',
  RestoreToPointInTime: 'the names of drill tables are made by the drill; the others an operator chose',
  RestoreToPointInTimeByTag:
    'an operator chose these tables by tag; the condition on aws:ResourceTag limits the wildcard to them',
  RestoreToPointInTimeInto: 'the names of drill tables are made by the drill, within its own prefix',
  FillDrillTables: 'the names of drill tables are made by the drill, within its own prefix',
  LookAtDrillTables: 'the names of drill tables are made by the drill, within its own prefix',
  DeleteDrillTables: 'the names of drill tables are made by the drill, within its own prefix',
  UseTableKeys:
    'which keys encrypt the tables is known to DynamoDB only; the condition lets them be used through DynamoDB only',
  LookAtTables: 'an operator chose these tables by a pattern of names',
  LookAtTablesByTag:
    'an operator chose these tables by tag; the condition on aws:ResourceTag limits the wildcard to them',
  ListSchedules: 'ListSchedules knows no resource but * (Service Authorization Reference)',
  LookAtTableKeys: 'which keys encrypt the tables is known to DynamoDB only; only their state can be read',
  WatchDrills: 'executions are named when they are started',
};

/** Acknowledges one wildcard of a resource as cdk-nag spells it. */
export function acknowledgeWildcard(construct: IConstruct, resource: string, reason: string): void {
  Validations.of(construct).acknowledge({ id: `AwsSolutions-IAM5[Resource::${resource}]`, reason });
}

/** Acknowledges exactly the wildcards of these statements, each resource once, with all the reasons it has. */
export function acknowledgeWildcards(role: IConstruct, statements: readonly PolicyStatement[]): void {
  for (const [resource, why] of wildcardsOf(Stack.of(role), statements)) {
    acknowledgeWildcard(role, resource, [...why].join('; '));
  }
}

function wildcardsOf(stack: Stack, statements: readonly PolicyStatement[]): Map<string, Set<string>> {
  const wildcards = new Map<string, Set<string>>();
  for (const { effect, sid = '', resources } of statements) {
    const reason = reasons[sid.replace(/ByTag\d+$/, 'ByTag')];
    if (effect === Effect.DENY || reason === undefined) continue;
    for (const resource of resources.map((arn) => spelledArn(stack.resolve(arn)))) {
      if (resource.includes('*')) wildcards.set(resource, (wildcards.get(resource) ?? new Set()).add(reason));
    }
  }
  return wildcards;
}
