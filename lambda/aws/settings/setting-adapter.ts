import type { TableDescription } from '@aws-sdk/client-dynamodb';
import type { SettingName, SettingValues, TableFacts } from '../../domain/settings.ts';
import type { Failure } from '../../jobs/ports.ts';

/** A table as DescribeTable shows it, and what of it settings hang on. */
export interface DescribedTable {
  readonly facts: TableFacts;
  readonly description: TableDescription;
  /** Whether what was read a short while ago, for another table, may serve. */
  readonly mayBeCached: boolean;
}

/** How one setting is read, set and taken off. The methods throw the SDK's errors, or a SettingError. */
export interface SettingAdapter<Name extends SettingName> {
  read(table: DescribedTable): Promise<'off' | { is: SettingValues[Name] }>;
  /** Only called when the table does not have the setting as wanted. */
  set(table: DescribedTable, wanted: SettingValues[Name]): Promise<void>;
  /** Absent for a setting that disappears with its table and does not hinder its deletion. */
  clear?(table: DescribedTable, wanted: SettingValues[Name]): Promise<void>;
}

/** A failure in our own words. */
export class SettingError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.name = 'SettingError';
    this.failure = failure;
  }
}

/** What an SDK object says, as plain JSON. */
export function plain(value: object): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** An empty list or map means that the setting is off. */
export function offWhenEmpty<Value extends object>(value: Value): 'off' | { is: Value } {
  return Object.keys(value).length === 0 ? 'off' : { is: value };
}
