import { isRecord } from '../input.ts';
import { deciderOf, statementFrom, type Decision, type Question } from './policy.ts';

/** Who asks: an AWS service such as `cloudwatch.amazonaws.com`, or a role or user by its ARN. */
export type Principal = { readonly service: string } | { readonly arn: string };

function texts(value: unknown): string[] {
  return [value].flat().filter((text) => typeof text === 'string');
}

/** Whether a statement is about this principal. An account stands for everybody in it. */
function names(declared: unknown, principal: Principal): boolean {
  if (declared === '*') return true;
  if (!isRecord(declared)) return false;
  const people = texts(declared.AWS);
  if (people.includes('*')) return true;
  if ('service' in principal) return texts(declared.Service).includes(principal.service);
  const account = principal.arn.split(':')[4] ?? '';
  return people.some((each) => each === principal.arn || each === account || each === `arn:aws:iam::${account}:root`);
}

/** What the policy of a resource says to a principal; an explicit Deny wins. */
export function decideByResourcePolicy(document: unknown, principal: Principal, question: Question): Decision {
  const statements = isRecord(document) ? [document.Statement].flat() : [];
  const concerned = statements.filter((statement) => isRecord(statement) && names(statement.Principal, principal));
  return deciderOf(concerned.map(statementFrom))(question);
}
