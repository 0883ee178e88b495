import { readDefinition, type DashboardDefinition, type Variable } from './definition.ts';
import { rangeOf } from './drawn-series.ts';
import type { MetricData } from './metric-data.ts';

/** A variable of a dashboard with the value somebody chose for it. */
export interface Choice {
  readonly label: string;
  readonly value: string;
}

export interface ChosenDashboard {
  readonly definition: DashboardDefinition;
  readonly choices: readonly Choice[];
}

const day = 86_400;

/**
 * Puts chosen values, by id, or else the default ones in the place of a dashboard's variables, as CloudWatch does: everywhere in its
 * definition.
 */
export async function withChoices(
  body: string,
  chosen: Readonly<Record<string, string>>,
  metricData: MetricData,
  now: Date,
): Promise<ChosenDashboard> {
  const choices: Choice[] = [];
  let text = body;
  for (const variable of readDefinition(body).variables) {
    const value = chosen[variable.id] ?? (await defaultOf(variable, metricData, now));
    text = text.replaceAll(variable.pattern, value);
    choices.push({ label: variable.label ?? variable.id, value });
  }
  return { definition: readDefinition(text), choices };
}

/** `__FIRST` stands for the first that a search finds. */
async function defaultOf(variable: Variable, metricData: MetricData, now: Date): Promise<string> {
  const { defaultValue, search, populateFrom } = variable;
  if (defaultValue !== '__FIRST') return defaultValue;
  if (search === undefined || populateFrom === undefined)
    throw new Error(`${variable.id} has nothing to be the first of`);
  const query = {
    Id: 'values',
    Expression: `SEARCH('${search}', 'Maximum', ${day})`,
    Label: `\${PROP('Dim.${populateFrom}')}`,
  };
  const found = await metricData([query], rangeOf('-P2W', now));
  return found.flatMap(({ Label }) => Label ?? []).sort()[0] ?? 'none';
}
