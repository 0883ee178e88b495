/**
 * Says why a recovery point cannot be restored in a Region, with a role; undefined when it can.
 * > AWS Backup restores a recovery point only in the account and the Region of its vault: elsewhere it has to be copied to first.
 */
export function whyRestoredElsewhere(
  arn: string,
  { region, roleArn }: { readonly region: string; readonly roleArn: string },
): string | undefined {
  const [, , , regionOfPoint = '', accountOfPoint = ''] = arn.split(':');
  const account = roleArn.split(':')[4] ?? '';
  const foreign = [
    ...(accountOfPoint === account ? [] : [`in account ${account}, for it is in account ${accountOfPoint}`]),
    ...(regionOfPoint === region ? [] : [`in ${region}, for it is in ${regionOfPoint}`]),
  ];
  if (foreign.length === 0) return undefined;
  return `${arn} cannot be restored ${foreign.join(', nor ')}: have AWS Backup copy it into a vault there, and restore the copy`;
}
