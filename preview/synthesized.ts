import { readAssembly, type StackTemplate } from '../sandbox/cloudformation/assembly.ts';
import { noValue, resolve, type Scope } from '../sandbox/cloudformation/intrinsics.ts';
import { isRecord } from '../sandbox/input.ts';

/** A dashboard as CloudFormation would be given it. */
export interface SynthesizedDashboard {
  readonly name: string;
  readonly region: string;
  readonly body: string;
}

/** What a preview needs in the place of an account that the assembly leaves open. */
const accountId = '123456789012';
const usualRegion = 'eu-central-1';

/** Every dashboard that the stacks of a cloud assembly declare, its tokens resolved. */
export async function synthesizedDashboards(folder: string): Promise<SynthesizedDashboard[]> {
  const found: SynthesizedDashboard[] = [];
  for (const stack of readAssembly(folder)) {
    const region = stack.region === 'unknown-region' ? usualRegion : stack.region;
    for (const { type, properties } of stack.resources.values()) {
      if (type !== 'AWS::CloudWatch::Dashboard') continue;
      const resolved = await resolve(properties, scopeOf(stack, region));
      if (!isRecord(resolved)) continue;
      found.push({ name: String(resolved.DashboardName), region, body: String(resolved.DashboardBody) });
    }
  }
  return found;
}

/** A dashboard refers to its place and to alarms by ARN, and to nothing else of its stack. */
function scopeOf(stack: StackTemplate, region: string): Scope {
  const pseudo: Readonly<Record<string, unknown>> = {
    'AWS::AccountId': accountId,
    'AWS::Region': region,
    'AWS::Partition': 'aws',
    'AWS::URLSuffix': 'amazonaws.com',
    'AWS::StackName': stack.name,
    'AWS::NoValue': noValue,
  };
  const unknown = (what: string) => () => Promise.reject(new Error(`a dashboard has no ${what} to refer to`));
  return {
    ref: (name) => (name in pseudo ? Promise.resolve(pseudo[name]) : unknown(`resource ${name}`)()),
    attribute: (resource, name) => unknown(`attribute ${resource}.${name}`)(),
    condition: unknown('condition'),
    mapping: (name, first, second) => { throw new Error(`a dashboard has no mapping ${name}.${first}.${second}`); }, // prettier-ignore
    importValue: (name) => { throw new Error(`a dashboard has no import ${name}`); }, // prettier-ignore
  };
}
