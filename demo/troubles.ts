import type { Alert } from './alarm-mails.ts';
import { drillSummary } from './drill-summary.ts';
import { silent, type ExpectedAlarms } from './incidents.ts';
import type { Life } from './life.ts';
import { growingTable } from './tables.ts';

/** Something that went wrong in the story, whoever or whatever did it. Instants are epoch milliseconds. */
export interface Trouble {
  readonly id: string;
  readonly title: string;
  readonly from: number;
  readonly until: number;
  readonly alarms: ExpectedAlarms;
}

/** Everything that went wrong: incidents that struck, what people did by hand, and a table that outgrew its objective. */
export function troublesOf(life: Life, alerts: readonly Alert[]): Trouble[] {
  const struck = life.incidents.filter(({ fault }) => fault.hits > 0);
  return [...struck, ...byHand(life), ...outgrown(life, alerts)];
}

function byHand({ stoppedDrill, switchedOff, endsAt }: Life): Trouble[] {
  const troubles: Trouble[] = [];
  if (stoppedDrill) {
    const { at: from, table, goneAt: until = endsAt } = stoppedDrill;
    const title = `the drill of ${table} stopped by hand`;
    troubles.push({ id: 'drill-stopped', title, from, until, alarms: silent });
  }
  if (switchedOff) {
    const { plan, from, until } = switchedOff;
    const title = `the ${plan} schedule switched off by hand`;
    troubles.push({ id: 'schedule-off', title, from, until, alarms: { shows: [`${plan}/schedule-missing`] } });
  }
  return troubles;
}

/** > A table that grows is foreseen to miss its objective, or misses it. */
function outgrown(life: Life, alerts: readonly Alert[]): Trouble[] {
  const table = life.demoTables.find(({ name }) => name === growingTable);
  if (!table) return [];
  const names = ['recovery-time-forecast', 'recovery-time-exceeded'].map((name) => `${table.plan}/${name}`);
  const isMissed = drillSummary(life, table).firstMissed !== null;
  if (!isMissed && !alerts.some(({ alarm }) => names.includes(alarm))) return [];
  const title = `${table.name} outgrowing the time its restore may take`;
  return [{ id: 'outgrown', title, from: life.startedAt, until: life.endsAt, alarms: { shows: names } }];
}
