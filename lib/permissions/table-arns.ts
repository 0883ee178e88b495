import type { Stack } from 'aws-cdk-lib';
import type { Plan } from '../../lambda/domain/plan.ts';
import { selectsByTag } from '../../lambda/domain/selection.ts';

/** All tables the plans of one stack choose, as policies name them. */
export interface TableArns {
  /** Tables chosen by name or by pattern. An IAM wildcard means what a plan's pattern means: `*` any characters, `?` one. */
  readonly chosenByName: readonly string[];
  /** Conditions on tables chosen by tag, one per plan that does so: a table must carry all of its tags. */
  readonly chosenByTag: readonly Readonly<Record<string, string>>[];
  /** Any table: what a choice by tag comes down to before its condition. */
  readonly any: string;
  /**
   * Backups of the tables. The slash before `backup` keeps `Orders` from matching `OrdersArchive`. Backups carry no tags, so where
   * tables are chosen by tag this has to be every table's backups, and only the code can tell its own from others'.
   */
  readonly backups: readonly string[];
}

/** Translates the choices of all plans into ARNs of the stack's own account and Region, each once. */
export function tableArns(stack: Stack, plans: readonly Plan[]): TableArns {
  const table = (name: string): string =>
    stack.formatArn({ service: 'dynamodb', resource: 'table', resourceName: name });
  const names = plans.flatMap(({ tables }) => [...(tables.named ?? []), ...(tables.matching ?? [])]);
  const byTag = plans.map(({ tables }) => tables).filter(selectsByTag);
  const chosenByName = unique(names).map(table);
  const any = table('*');
  return {
    chosenByName,
    chosenByTag: uniqueConditions(byTag.map(({ tagged }) => tagCondition(tagged ?? {}))),
    any,
    backups: byTag.length > 0 ? [`${any}/backup/*`] : chosenByName.map((arn) => `${arn}/backup/*`),
  };
}

function tagCondition(tags: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(tags)
      .sort()
      .map(([key, value]) => [`aws:ResourceTag/${key}`, value]),
  );
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}

function uniqueConditions<T>(conditions: readonly T[]): T[] {
  return [...new Map(conditions.map((condition) => [JSON.stringify(condition), condition])).values()];
}
