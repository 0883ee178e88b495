import * as z from 'zod';
import { keepRules } from './keep-rules.ts';
import { flag, object, regionName, text, whole } from './plan-parts.ts';
import { parseVaultArn } from './vault-arn.ts';

const exampleArn = 'arn:aws:backup:eu-west-1:111122223333:backup-vault:copies';
const vaultAllowed = `must be the ARN of a vault such as ${exampleArn}`;
const mostCopies = 10;

const copyRule = object({
  region: regionName(),
  account: text(/^\d{12}$/, 'the 12 digits of an account').optional(),
  vaultArn: z
    .string({ error: vaultAllowed })
    .refine((arn) => parseVaultArn(arn), { error: vaultAllowed })
    .optional(),
  keep: keepRules,
  coldAfterDays: whole(1, 36_410).optional(),
  drill: flag().optional(),
}).superRefine(({ region, account, vaultArn }, context) => {
  const fault = (path: string, message: string) => { context.addIssue({ code: 'custom', path: [path], message }); }; // prettier-ignore
  const vault = vaultArn === undefined ? undefined : parseVaultArn(vaultArn);
  if (!vault && account !== undefined)
    fault('account', 'must be left out unless vaultArn is given, for vaults are deployed to the own account only');
  if (!vault) return;
  if (vault.region !== region) fault('region', `must be ${vault.region}, the Region of vaultArn`);
  if (account !== undefined && vault.account !== account)
    fault('account', `must be ${vault.account}, the account of vaultArn`);
});

/** Where recovery points are copied to, each place once. Which of them are vaults of the deployment's own decides what is deployed. */
export const copyRules = z
  .array(copyRule, { error: `must be an array of at most ${mostCopies} copies` })
  .max(mostCopies, { error: `must be an array of at most ${mostCopies} copies` })
  .superRefine((rules, context) => {
    const places = rules.map(({ region, vaultArn }) => vaultArn ?? region);
    places.forEach((place, nth) => {
      if (places.indexOf(place) === nth) return;
      const message = `must be another vault than that of copies.${places.indexOf(place)}`;
      const path = [nth, rules[nth]?.vaultArn === undefined ? 'region' : 'vaultArn'];
      context.addIssue({ code: 'custom', path, message });
    });
  });

/** One place that the recovery points of a plan are copied to, and what stays there. */
export type CopyRule = z.output<typeof copyRule>;
