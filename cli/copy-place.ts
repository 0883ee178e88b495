import { copyPlaceAt, copyRulesOf, type CopyPlace } from '../lambda/domain/copy-destination.ts';
import type { Plan } from '../lambda/domain/plan.ts';
import { UnusableInputError } from './unusable-input-error.ts';

/** The place of a plan's copies that is the vault given with `--copies-in`. Throws an UnusableInputError when the plan copies to no such one. */
export function readCopyPlace(plan: Plan, vaultArn: string): CopyPlace {
  const place = copyPlaceAt(plan, vaultArn);
  if (place) return place;
  const places = copyRulesOf(plan).map((rule) => rule.vaultArn ?? `that of the deployment in ${rule.region}`);
  const allowed = places.length > 0 ? `: ${places.join(', ')}` : ', and it copies to none';
  throw new UnusableInputError(
    `--copies-in must be the ARN of a vault that plan ${plan.name} copies to${allowed}, got ${vaultArn}`,
  );
}
