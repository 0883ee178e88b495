import { AwsError } from '../aws-error.ts';
import type { VirtualClock } from '../clock.ts';
import type { ApiCall } from '../front.ts';
import { Input } from '../input.ts';
import type { Table } from './table.ts';
import type { TableSettings } from './table-settings.ts';
import { tableNameIn } from './tables.ts';

interface Insights {
  status: 'ENABLING' | 'ENABLED' | 'DISABLING' | 'DISABLED';
  mode: string;
  updatedAt: number;
}

const changeMs = 2000;
const modes = ['ACCESSED_AND_THROTTLED_KEYS', 'THROTTLED_KEYS'];
const usualMode = 'ACCESSED_AND_THROTTLED_KEYS';

interface ContributorInsightsParts {
  readonly clock: VirtualClock;
  /** The tables that settings belong to. */
  readonly tables: Pick<TableSettings, 'changing' | 'reading'>;
}

/** Whether Contributor Insights are on for a table and for each of its indexes. */
export class ContributorInsights {
  readonly #parts: ContributorInsightsParts;
  /** By index; the table's own under no name. */
  readonly #ofTable = new WeakMap<Table, Map<string | undefined, Insights>>();

  constructor(parts: ContributorInsightsParts) {
    this.#parts = parts;
  }

  update(call: ApiCall): object {
    const { input, table, index } = this.#subject(call, 'changing');
    const enables = input.text('ContributorInsightsAction', { oneOf: ['ENABLE', 'DISABLE'] }) === 'ENABLE';
    const known = this.#insights(table).get(index);
    const mode = input.optionalText('ContributorInsightsMode', { oneOf: modes }) ?? known?.mode ?? usualMode;
    const { clock } = this.#parts;
    const insights: Insights = { status: enables ? 'ENABLING' : 'DISABLING', mode, updatedAt: clock.now };
    this.#insights(table).set(index, insights);
    clock.after(changeMs, () => {
      insights.status = enables ? 'ENABLED' : 'DISABLED';
    });
    return answer(table, index, insights);
  }

  describe(call: ApiCall): object {
    const { table, index } = this.#subject(call, 'reading');
    const insights = this.#insights(table).get(index);
    if (!insights) return answer(table, index, { status: 'DISABLED', mode: undefined });
    const kinds = insights.mode === usualMode ? ['PKC', 'PKT'] : ['PKT'];
    const rules = kinds.map(
      (kind) => `DynamoDBContributorInsights-${kind}-${[table.name, index].filter(Boolean).join('-')}`,
    );
    return {
      ...answer(table, index, insights),
      LastUpdateDateTime: insights.updatedAt / 1000,
      ContributorInsightsRuleList: insights.status === 'ENABLED' ? rules : [],
    };
  }

  #subject(call: ApiCall, purpose: 'changing' | 'reading'): { input: Input; table: Table; index: string | undefined } {
    const input = new Input(call.input);
    const table = this.#parts.tables[purpose](tableNameIn(input));
    const index = input.optionalText('IndexName', { min: 3, max: 255 });
    const known = (table.definition.GlobalSecondaryIndexes ?? []).some((each) => each.IndexName === index);
    if (index !== undefined && !known)
      throw new AwsError('ResourceNotFoundException', `Requested resource not found: Index: ${index} not found`);
    return { input, table, index };
  }

  #insights(table: Table): Map<string | undefined, Insights> {
    const known = this.#ofTable.get(table) ?? new Map<string | undefined, Insights>();
    this.#ofTable.set(table, known);
    return known;
  }
}

function answer(
  table: Table,
  index: string | undefined,
  { status, mode }: { readonly status: Insights['status']; readonly mode: string | undefined },
): object {
  return {
    TableName: table.name,
    ...(index !== undefined && { IndexName: index }),
    ContributorInsightsStatus: status,
    ...(mode !== undefined && { ContributorInsightsMode: mode }),
  };
}
