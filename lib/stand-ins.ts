import { Token } from 'aws-cdk-lib';
import { CfnGlobalTable, CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import type { TableConstruct } from './table-construct.ts';

/** Stand-in -> the token it stands for. */
export type StandIns = Map<string, string>;

/** The name of a table, or a stand-in: the name its construct gives it, or one that reads like that construct. */
export function checkableName(table: string | TableConstruct, tokens: StandIns): string {
  if (typeof table === 'string') return checkable(table, () => `token-${tokens.size + 1}`, tokens);
  const standIn = () => writtenName(table) ?? table.node.path.replace(/[^a-zA-Z0-9_-]/g, '.');
  return checkable(table.tableName, standIn, tokens);
}

/** The name of a table where it is written out: other stacks see a token even then. */
export function writtenName({ tableName, node: { defaultChild } }: TableConstruct): string | undefined {
  const isDeclared = defaultChild instanceof CfnTable || defaultChild instanceof CfnGlobalTable;
  const name = isDeclared ? defaultChild.tableName : tableName;
  return Token.isUnresolved(name) ? undefined : name;
}

/** An ARN, or a stand-in of the same service and kind of resource. */
export function checkableArn(
  arn: string,
  { service, kind }: { service: string; kind: string },
  tokens: StandIns,
): string {
  return checkable(arn, () => `arn:aws:${service}:token:000000000000:${kind}token-${tokens.size + 1}`, tokens);
}

function checkable(text: string, standIn: () => string, tokens: StandIns): string {
  if (!Token.isUnresolved(text)) return text;
  const known = [...tokens].find(([, token]) => token === text);
  if (known) return known[0];
  const made = standIn();
  tokens.set(made, text);
  return made;
}
