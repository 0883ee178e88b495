import type { SandboxAccount } from '../account.ts';
import type { Input } from '../input.ts';

/** A resource with its intrinsic functions resolved, about to be created or brought up to date. */
export interface ResolvedResource {
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Input;
  /** The name that CloudFormation would make up; the same at every deployment. */
  readonly generatedName: string;
  readonly assets: ReadonlyMap<string, string>;
}

/** What a template may ask of a resource: its `Ref`, and its attributes. */
export interface CreatedResource {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Takes it away when a later deployment no longer declares it; without it, the resource stays. */
  readonly remove?: () => void;
}

export type Creator = (
  resource: ResolvedResource,
  account: SandboxAccount,
) => CreatedResource | Promise<CreatedResource>;

/** The name that a property gives, or the one that CloudFormation makes up. */
export function named({ properties, generatedName }: ResolvedResource, property: string): string {
  return properties.optionalText(property) ?? generatedName;
}
