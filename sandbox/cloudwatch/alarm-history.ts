import type { Alarm } from './alarm.ts';

export type HistoryItemType = 'ConfigurationUpdate' | 'StateUpdate' | 'Action';

/** One thing that happened to an alarm. */
export interface AlarmHistoryItem {
  readonly at: number;
  readonly alarm: string;
  readonly alarmType: 'MetricAlarm' | 'CompositeAlarm';
  readonly type: HistoryItemType;
  readonly summary: string;
  /** JSON. */
  readonly data: string;
}

/** CloudWatch keeps the history of alarms for 30 days, this one its newest `capacity` items. */
export class AlarmHistory {
  readonly #capacity: number;
  #items: AlarmHistoryItem[] = [];

  constructor(capacity = 100_000) {
    this.#capacity = capacity;
  }

  add(at: number, alarm: Alarm, type: HistoryItemType, summary: string, data: object): void {
    const alarmType = alarm.rule ? 'CompositeAlarm' : 'MetricAlarm';
    this.#items.push({
      at,
      alarm: alarm.name,
      alarmType,
      type,
      summary,
      data: JSON.stringify({ version: '1.0', ...data }),
    });
    if (this.#items.length >= 2 * this.#capacity) this.#items = this.#items.slice(-this.#capacity);
  }

  /** Oldest first: everything, or what happened to one alarm. */
  of(alarm?: string): readonly AlarmHistoryItem[] {
    return this.#items.filter((item) => alarm === undefined || item.alarm === alarm);
  }
}
