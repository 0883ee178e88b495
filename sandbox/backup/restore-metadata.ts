import { isRecord, type Input } from '../input.ts';
import { tableNameRule } from '../dynamodb/tables.ts';
import { invalidParameter } from './backup-errors.ts';

/** What a restore of a table is told. */
export interface RestoreMetadata {
  readonly targetTableName: string;
  /** The members of RestoreTableFromBackup that say how the table is encrypted. */
  readonly encryption: Readonly<Record<string, unknown>>;
}

const known = ['targettablename', 'encryptiontype', 'kmsmasterkeyarn', 'aws:backup:request-id'];

/** Keys are the same in capital and small letters. */
function lowered(metadata: unknown): ReadonlyMap<string, string> {
  const entries = Object.entries(isRecord(metadata) ? metadata : {});
  return new Map(entries.map(([key, value]) => [key.toLowerCase(), String(value)]));
}

function encryptionOf(type: string | undefined, key: string | undefined): Readonly<Record<string, unknown>> {
  if (type === 'Default' && key === undefined) return { Enabled: false };
  if (type === 'KMS') return { Enabled: true, SSEType: 'KMS', ...(key !== undefined && { KMSMasterKeyId: key }) };
  throw invalidParameter(
    `encryptionType must be Default (without kmsMasterKeyArn) or KMS, got ${type ?? 'none'}${key === undefined ? '' : ` with ${key}`}`,
  );
}

/**
 * Reads the metadata of a restore. AWS says which keys there are for a table; that it refuses others and wants the encryption said is the
 * sandbox's reading of reports that the answer of GetRecoveryPointRestoreMetadata is not accepted as it is.
 */
export function metadataIn(input: Input): RestoreMetadata {
  input.structure('Metadata');
  const metadata = lowered(input.members.Metadata);
  const unknown = [...metadata.keys()].find((key) => !known.includes(key));
  if (unknown !== undefined) throw invalidParameter(`Invalid restore metadata: ${unknown} is not known for DynamoDB`);
  const targetTableName = metadata.get('targettablename') ?? '';
  const { pattern, min, max } = tableNameRule;
  if (targetTableName.length < min || targetTableName.length > max || !pattern.test(targetTableName))
    throw invalidParameter(
      `Invalid restore metadata: targetTableName must be the name of a table, got ${targetTableName}`,
    );
  return { targetTableName, encryption: encryptionOf(metadata.get('encryptiontype'), metadata.get('kmsmasterkeyarn')) };
}
