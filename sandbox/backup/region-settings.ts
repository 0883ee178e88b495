import type { ApiCall } from '../front.ts';
import { Input, isRecord } from '../input.ts';
import { invalidParameter, invalidRequest } from './backup-errors.ts';

/** The Region's settings of AWS Backup, as far as they are about DynamoDB. Both are on in an account that is new enough. */
export class RegionSettings {
  /** Whether AWS Backup protects tables of this Region at all. */
  optIn = true;
  /** Whether AWS Backup keeps backups of tables itself: cold storage, copies and tags need it. */
  isAdvanced = true;

  describe(): object {
    return {
      ResourceTypeOptInPreference: { DynamoDB: this.optIn },
      ResourceTypeManagementPreference: { DynamoDB: this.isAdvanced },
    };
  }

  update(call: ApiCall): void {
    this.optIn = preferenceIn(call, 'ResourceTypeOptInPreference') ?? this.optIn;
    this.isAdvanced = preferenceIn(call, 'ResourceTypeManagementPreference') ?? this.isAdvanced;
  }

  /** AWS does not say with which error it refuses a resource type that is not opted in. */
  demandOptIn(): void {
    if (!this.optIn)
      throw invalidRequest(
        'Resource type DynamoDB is not enabled: opt in with UpdateRegionSettings (ResourceTypeOptInPreference)',
      );
  }

  demandAdvanced(what: string): void {
    if (!this.isAdvanced)
      throw invalidRequest(
        `${what} needs advanced features for DynamoDB: turn them on with UpdateRegionSettings (ResourceTypeManagementPreference)`,
      );
  }
}

function preferenceIn(call: ApiCall, member: string): boolean | undefined {
  const preferences = new Input(call.input).members[member];
  if (preferences === undefined) return undefined;
  if (!isRecord(preferences) || Object.values(preferences).some((value) => typeof value !== 'boolean'))
    throw invalidParameter(`${member} must say true or false for each resource type`);
  return typeof preferences.DynamoDB === 'boolean' ? preferences.DynamoDB : undefined;
}
