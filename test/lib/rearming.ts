import { Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { SettingName } from '../../lambda/domain/settings.ts';
import { rearmStatements } from '../../lib/permissions/rearm-statements.ts';
import { anApp, env, resourcesOf } from './deploy.ts';
import { roleStatements, type Statement } from './iam-simulation.ts';

/** The statements of a role that may re-arm tables with the prefix `ddb-drill-` and do nothing else. */
export function rearming(settings: readonly SettingName[], tablePrefix = 'ddb-drill-'): Statement[] {
  const stack = new Stack(anApp(), 'Rearming', { env });
  const role = new Role(stack, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  for (const statement of rearmStatements({ stack, places: [{ region: stack.region, tablePrefix }], settings }))
    role.addToPolicy(statement);
  return [...roleStatements(resourcesOf(stack)).values()].flat();
}
