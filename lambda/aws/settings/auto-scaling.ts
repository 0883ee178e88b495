import {
  DeregisterScalableTargetCommand,
  paginateDescribeScalableTargets,
  paginateDescribeScalingPolicies,
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
  ScalableDimension,
  type ApplicationAutoScalingClient,
  type ScalableTarget,
  type ScalingPolicy,
  type TargetTrackingScalingPolicyConfiguration,
} from '@aws-sdk/client-application-auto-scaling';
import * as z from 'zod';
import type { SettingValues, TableFacts } from '../../domain/settings.ts';
import { failureOf } from '../failures.ts';
import { paced } from '../rates.ts';
import { offWhenEmpty, plain, SettingError, type DescribedTable, type SettingAdapter } from './setting-adapter.ts';
import { oneOf } from './updated-table.ts';

type Scaled = SettingValues['auto-scaling'][number];

const ServiceNamespace = 'dynamodb';
const definition = z.record(z.string(), z.json());

/**
 * The scalable targets of a table and its indexes, with their policies. DynamoDB knows only target tracking (source: "Amazon DynamoDB
 * and Application Auto Scaling"); scheduled actions are not kept. Targets and their alarms stay when the table is deleted.
 */
export function autoScaling(client: ApplicationAutoScalingClient): SettingAdapter<'auto-scaling'> {
  const targetsOf = paced('describeScaling', async (facts: TableFacts) => {
    const ResourceIds = [undefined, ...facts.indexes].map((index) => resourceId(facts, index));
    const pages = paginateDescribeScalableTargets({ client }, { ServiceNamespace, ResourceIds });
    const targets: ScalableTarget[] = [];
    for await (const page of pages) targets.push(...(page.ScalableTargets ?? []));
    return targets;
  });
  const policiesOf = paced('describeScaling', async (ResourceId: string) => {
    const policies: ScalingPolicy[] = [];
    const pages = paginateDescribeScalingPolicies({ client }, { ServiceNamespace, ResourceId });
    for await (const page of pages)
      policies.push(...(page.ScalingPolicies ?? []).filter((policy) => policy.ResourceId === ResourceId));
    return policies;
  });
  const read = async ({ facts }: DescribedTable): Promise<Scaled[]> => {
    if (facts.billing === 'PAY_PER_REQUEST') return [];
    const targets = await targetsOf(facts);
    const policies: ScalingPolicy[] = [];
    for (const id of new Set(targets.flatMap(({ ResourceId }) => ResourceId ?? []))) {
      policies.push(...(await policiesOf(id)));
    }
    return targets.map((target) => scaledFrom(facts, target, policies)).sort(byIndexAndDimension);
  };
  return {
    read: async (table) => offWhenEmpty(await read(table)),

    async set({ facts }, wanted) {
      for (const scaled of wanted) {
        const where = {
          ServiceNamespace,
          ResourceId: resourceId(facts, scaled.index),
          ScalableDimension: oneOf(ScalableDimension, scaled.dimension),
        } as const;
        await client.send(
          new RegisterScalableTargetCommand({
            ...where,
            MinCapacity: scaled.minimum,
            MaxCapacity: scaled.maximum,
            SuspendedState: scaled.suspended,
          }),
        );
        for (const { name, targetTracking } of scaled.policies) {
          await client.send(
            new PutScalingPolicyCommand({
              ...where,
              PolicyName: name,
              PolicyType: 'TargetTrackingScaling',
              TargetTrackingScalingPolicyConfiguration: asGiven(targetTracking),
            }),
          );
        }
      }
    },

    /** A target takes its policies and their alarms with it (source: `DeregisterScalableTarget` in the API reference). */
    async clear({ facts }) {
      for (const { ResourceId, ScalableDimension: dimension } of await targetsOf(facts)) {
        const where = { ServiceNamespace, ResourceId, ScalableDimension: dimension } as const;
        try {
          await client.send(new DeregisterScalableTargetCommand(where));
        } catch (error) {
          if (failureOf(error).kind !== 'missing') throw error;
        }
      }
    },
  };
}

function resourceId({ name }: TableFacts, index: string | undefined): string {
  return index === undefined ? `table/${name}` : `table/${name}/index/${index}`;
}

function scaledFrom(facts: TableFacts, target: ScalableTarget, policies: readonly ScalingPolicy[]): Scaled {
  const { ResourceId = '', ScalableDimension: dimension = '', MinCapacity = 0, MaxCapacity = 0 } = target;
  const index = facts.indexes.find((name) => resourceId(facts, name) === ResourceId);
  const suspended = Object.entries(target.SuspendedState ?? {}).filter(([, isSuspended]) => isSuspended === true);
  return {
    ...(index !== undefined && { index }),
    dimension,
    minimum: MinCapacity,
    maximum: MaxCapacity,
    ...(suspended.length > 0 && { suspended: Object.fromEntries(suspended) }),
    policies: policies
      .filter((policy) => policy.ResourceId === ResourceId && policy.ScalableDimension === dimension)
      .map(policyFrom)
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

function policyFrom({
  PolicyName: name = '',
  PolicyType,
  TargetTrackingScalingPolicyConfiguration: targetTracking,
}: ScalingPolicy): Scaled['policies'][number] {
  if (!targetTracking) {
    throw new SettingError({ kind: 'invalid', message: `the scaling policy ${name} is of type ${String(PolicyType)}` });
  }
  return { name, targetTracking: definition.parse(plain(targetTracking)) };
}

/** Application Auto Scaling gave this definition itself, and judges it again when it gets it back. */
function asGiven(targetTracking: z.infer<typeof definition>): TargetTrackingScalingPolicyConfiguration {
  return { TargetValue: undefined, ...targetTracking };
}

function byIndexAndDimension(a: Scaled, b: Scaled): number {
  return `${a.index ?? ''} ${a.dimension}` < `${b.index ?? ''} ${b.dimension}` ? -1 : 1;
}
