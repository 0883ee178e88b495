/**
 * Spells a resolved value as one line of text, as cdk-nag does: `<AWS::AccountId>` for a Ref, `<Id.Attribute>` for a GetAtt, the
 * parts in a row for a Join.
 */
export function spelledArn(resolved: unknown): string {
  if (typeof resolved === 'string') return resolved;
  if (Array.isArray(resolved)) return resolved.map(spelledArn).join('');
  const [[intrinsic, argument] = []] = Object.entries(resolved ?? {});
  if (intrinsic === 'Fn::Join' && Array.isArray(argument)) return spelledArn(argument[1]);
  if (intrinsic === 'Fn::GetAtt' && Array.isArray(argument)) return `<${argument.join('.')}>`;
  return `<${String(argument)}>`;
}
