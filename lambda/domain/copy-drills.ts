import { regionIn } from './arn.ts';
import { copyPlaces, copyRulesOf, planOfCopies, type CopyPlace, type CopySource } from './copy-destination.ts';
import type { CopyRule } from './copy-rules.ts';
import { faultAt, type Fault } from './faults.ts';
import { containedSettings, type DrillPlan, type Plan } from './plan.ts';

/** A plan that drills. */
export type DrillingPlan = Plan & { readonly drill: DrillPlan };

/** Whose copies are drilled, and where. */
export interface DrilledCopies {
  /** The plan as it holds for drills of the copies in this place. */
  readonly plan: DrillingPlan;
  readonly place: CopyPlace;
}

/**
 * The places whose copies a plan drills, each with the plan that its drills go by.
 * > A copy is restored in the Region it lies in, by the schedule of the plan's own drills: what cannot be had there is left out, such as
 * > settings bound to the Region of the table, a point in time, or a key of another Region, instead of which AWS manages one.
 */
export function drilledCopies(plan: Plan, source: CopySource): readonly DrilledCopies[] {
  const { drill } = plan;
  if (!drill) return [];
  return copyPlaces(plan, source)
    .filter(isDrilled)
    .map((place) => ({ place, plan: { ...planOfCopies(plan, place.rule), drill: drillOfCopies(drill, place.rule) } }));
}

/** The Regions in which a plan drills copies. */
export function drilledCopyRegions(plan: Plan): readonly string[] {
  return plan.drill ? copyRulesOf(plan).flatMap(({ drill, region }) => (drill ? [region] : [])) : [];
}

/** What the ledger calls a plan for each place whose copies it drills. */
export function drilledScopes({ name, drill }: Plan, places: readonly CopyPlace[]): readonly string[] {
  return drill ? places.filter(isDrilled).map(({ destination }) => scopeOfCopies(name, destination.vaultArn)) : [];
}

/** What the ledger calls a plan as it is about its copies in one vault: what is counted, drilled and deleted there is apart from the plan's own. */
export function scopeOfCopies(plan: string, vaultArn: string): string {
  return `${plan}>${vaultArn}`;
}

function isDrilled({ rule, destination }: CopyPlace): boolean {
  return rule.drill === true && destination.isOwnAccount;
}

function drillOfCopies(drill: DrillPlan, { region }: CopyRule): DrillPlan {
  const { encryptionKey = 'aws-managed' } = drill;
  const contained: readonly string[] = containedSettings;
  return {
    ...drill,
    restoreTo: undefined,
    region,
    backup: drill.backup === 'point-in-time' ? 'latest' : drill.backup,
    encryptionKey: [undefined, region].includes(regionIn(encryptionKey)) ? encryptionKey : 'aws-managed',
    rearm: drill.rearm.filter((setting) => contained.includes(setting)),
  };
}

/**
 * Finds copies that cannot be drilled. Paths begin with `plans.<name>`.
 * > Drills of copies go by those of the plan; of a Region, one place is drilled, for their times are one series.
 */
export function copyDrillFaults(plan: Plan): Fault[] {
  const regions = copyRulesOf(plan).map(({ drill, region }) => (drill ? region : undefined));
  return regions.flatMap((region, nth) => {
    const why = region === undefined ? undefined : whyNotDrilled(plan, regions.indexOf(region), nth);
    if (why === undefined) return [];
    const path = ['plans', plan.name, 'backup', 'awsBackup', 'copies', String(nth), 'drill'];
    return [faultAt(path, { value: 'true', allowed: why }, `${why}, got true`)];
  });
}

function whyNotDrilled({ drill }: Plan, first: number, nth: number): string | undefined {
  if (!drill) return 'must be left out unless the plan itself has a drill';
  return first === nth
    ? undefined
    : `must be left out, for the copies of copies.${first} are drilled in the same Region`;
}
