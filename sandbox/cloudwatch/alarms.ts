import { validationError } from '../aws-error.ts';
import type { VirtualClock } from '../clock.ts';
import { Input } from '../input.ts';
import { AlarmActions } from './alarm-actions.ts';
import { AlarmHistory } from './alarm-history.ts';
import { checkedAlarmName } from './alarm-members.ts';
import { amazonTime, reasonDataOf, reasonOf, type Sight } from './alarm-reason.ts';
import { alarmNameOf, parseAlarmRule, type AlarmRule } from './alarm-rule.ts';
import { initialReason, type Alarm, type AlarmStanding, type Transition } from './alarm.ts';
import { Evaluator } from './evaluator.ts';
import type { AlarmState } from './judgement.ts';
import { metricAlarmDefinition } from './metric-alarm-definition.ts';
import type { Metrics } from './metrics.ts';
import { MuteRules } from './mute-rules.ts';
import { ActionSuppression } from './suppression.ts';

interface AlarmsParts {
  readonly clock: VirtualClock;
  readonly region: string;
  readonly accountId: string;
  readonly metrics: Metrics;
  /** How long after the end of a period its values are judged. */
  readonly metricDelayMs: number;
  /** Does one action of an alarm; throws an AwsError when whoever should do it refuses. */
  act(actionArn: string, transition: Transition): void;
  /** Told of every change of a state, whatever becomes of its actions. */
  changed(transition: Transition): void;
}

interface KeptAlarm {
  alarm: Alarm;
  newest: Transition | undefined;
  suppression: ActionSuppression | undefined;
}

type Members = Readonly<Record<string, unknown>>;

/** The alarms of the account, by name: metric alarms are evaluated as their values arrive, composite ones as their alarms change. */
export class Alarms {
  readonly #parts: AlarmsParts;
  readonly #kept = new Map<string, KeptAlarm>();
  readonly #history = new AlarmHistory();
  readonly #evaluator: Evaluator;
  readonly #actions: AlarmActions;
  /** Composite alarms to be judged, and the alarm that changed under each of them last. */
  readonly #unsettled = new Map<string, string>();
  readonly muteRules: MuteRules;

  constructor(parts: AlarmsParts) {
    this.#parts = parts;
    const { clock, metrics, metricDelayMs } = parts;
    this.#evaluator = new Evaluator({
      clock,
      metrics,
      delayMs: metricDelayMs,
      judged: (name, sight) => { this.#judged(name, sight); }, // prettier-ignore
      settled: () => { this.#judgeComposites(); }, // prettier-ignore
    });
    this.#actions = new AlarmActions({
      clock,
      history: this.#history,
      isMuted: (name) => this.muteRules.isMuted(name),
      latest: (name) => this.#newest(name),
      act: (action, transition) => { parts.act(action, transition); }, // prettier-ignore
    });
    const arnPrefix = `arn:aws:cloudwatch:${parts.region}:${parts.accountId}`;
    this.muteRules = new MuteRules({ clock, arnPrefix, ended: (names) => { this.#actions.unmute(names); } }); // prettier-ignore
  }

  /** Every alarm, by name. */
  get all(): Alarm[] {
    return [...this.#kept.values()].map(({ alarm }) => alarm).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  get(name: string): Alarm | undefined {
    return this.#kept.get(name)?.alarm;
  }

  /** What happened to an alarm, or to all, oldest first. */
  history(name?: string): ReturnType<AlarmHistory['of']> {
    return this.#history.of(name);
  }

  /** Creates a metric alarm, or replaces one, whose state it keeps. Takes the members of PutMetricAlarm. */
  put(members: Members): Alarm {
    const name = checkedAlarmName(members);
    const watches = metricAlarmDefinition(members);
    const alarm = this.#keep(name, members, { watches, rule: undefined });
    this.#evaluator.add(name, watches);
    return alarm;
  }

  /** Creates a composite alarm, or replaces one. Takes the members of PutCompositeAlarm. */
  putComposite(members: Members): Alarm {
    const name = checkedAlarmName(members);
    const input = new Input(members);
    const rule = parseAlarmRule(input.text('AlarmRule'));
    for (const child of rule.alarms.filter((each) => !this.#kept.has(each)))
      throw validationError(`Could not save the composite alarm as the alarm ${child} in its rule does not exist`);
    if (this.#dependsOn(rule, name))
      throw validationError(`Could not save the composite alarm ${name}: its rule leads back to it`);
    const suppressorName = input.optionalText('ActionsSuppressor');
    if (suppressorName !== undefined && !this.#kept.has(alarmNameOf(suppressorName)))
      throw validationError(`The actions suppressor ${suppressorName} does not exist`);
    const alarm = this.#keep(name, members, { watches: undefined, rule });
    this.#suppress(name, input, suppressorName);
    this.#reconsiderComposite(name, undefined);
    this.#judgeComposites();
    return alarm;
  }

  remove(name: string): boolean {
    const kept = this.#kept.get(name);
    if (!kept) return false;
    this.#evaluator.remove(name);
    kept.suppression?.close();
    this.#kept.delete(name);
    this.#history.add(this.#parts.clock.now, kept.alarm, 'ConfigurationUpdate', `Alarm "${name}" deleted`, {
      type: 'Delete',
    });
    return true;
  }

  /** Puts an alarm into a state, until it is next evaluated. */
  setState(name: string, value: AlarmState, reason: string, reasonData?: string): void {
    this.#enter(name, value, reason, reasonData);
    this.#judgeComposites();
    this.#evaluator.reconsider(name);
  }

  enableActions(name: string, actionsEnabled: boolean): void {
    this.#change(name, { actionsEnabled });
  }

  #keep(name: string, members: Members, what: Pick<Alarm, 'watches' | 'rule'>): Alarm {
    const { clock, region, accountId } = this.#parts;
    const before = this.#kept.get(name);
    before?.suppression?.close();
    const initial: AlarmStanding = {
      value: 'INSUFFICIENT_DATA',
      reason: initialReason,
      reasonData: undefined,
      since: clock.now,
    };
    const alarm: Alarm = {
      name,
      arn: `arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}`,
      members,
      updatedAt: clock.now,
      actionsEnabled: members.ActionsEnabled !== false,
      state: before?.alarm.state ?? initial,
      suppressedBy: undefined,
      ...what,
    };
    this.#kept.set(name, { alarm, newest: before?.newest, suppression: undefined });
    const [type, done] = before ? ['Update', 'updated'] : ['Create', 'created'];
    this.#history.add(clock.now, alarm, 'ConfigurationUpdate', `Alarm "${name}" ${done}`, { type });
    return alarm;
  }

  #change(name: string, changes: Partial<Alarm>): void {
    const kept = this.#kept.get(name);
    if (kept) kept.alarm = { ...kept.alarm, ...changes };
  }

  #dependsOn(rule: AlarmRule, name: string): boolean {
    return rule.alarms.some((child) => {
      const inner = this.#kept.get(child)?.alarm.rule;
      return child === name || (inner !== undefined && this.#dependsOn(inner, name));
    });
  }

  #suppress(name: string, input: Input, suppressorName: string | undefined): void {
    const kept = this.#kept.get(name);
    if (suppressorName === undefined || !kept) return;
    const seconds = (member: string): number => {
      const value = input.optionalNumber(member, 0);
      if (value === undefined) throw validationError(`${member} must be given with ActionsSuppressor`);
      return value * 1000;
    };
    kept.suppression = new ActionSuppression({
      clock: this.#parts.clock,
      waitMs: seconds('ActionsSuppressorWaitPeriod'),
      extensionMs: seconds('ActionsSuppressorExtensionPeriod'),
      isSuppressorInAlarm: () => this.#kept.get(alarmNameOf(suppressorName))?.alarm.state.value === 'ALARM',
      release: () => {
        this.#noteSuppression(name);
        const transition = this.#newest(name);
        if (transition) this.#actions.take(transition);
      },
    });
  }

  /** The newest change of an alarm's state, with the alarm as it is now. */
  #newest(name: string): Transition | undefined {
    const kept = this.#kept.get(name);
    return kept?.newest && { ...kept.newest, alarm: kept.alarm };
  }

  #noteSuppression(name: string): void {
    this.#change(name, { suppressedBy: this.#kept.get(name)?.suppression?.by });
  }

  #judged(name: string, sight: Sight): void {
    const { state } = sight.judgement;
    if (state === undefined || state === this.#kept.get(name)?.alarm.state.value) return;
    this.#enter(name, state, reasonOf(sight), reasonDataOf(sight, this.#parts.clock.now));
  }

  #enter(name: string, value: AlarmState, reason: string, reasonData: string | undefined): void {
    const kept = this.#kept.get(name);
    if (!kept) return;
    const from = kept.alarm.state;
    const to: AlarmStanding = { value, reason, reasonData, since: this.#parts.clock.now };
    if (from.value === value) return;
    this.#change(name, { state: to });
    this.#recordChange(kept.alarm, from, to);
    kept.newest = { alarm: kept.alarm, from, to };
    kept.suppression?.changed();
    this.#noteSuppression(name);
    this.#parts.changed({ alarm: kept.alarm, from, to });
    if (!kept.suppression) this.#actions.take(kept.newest);
    this.#tellComposites(name);
  }

  #recordChange(alarm: Alarm, from: AlarmStanding, to: AlarmStanding): void {
    const spelt = ({ value, reason, reasonData }: AlarmStanding): object => ({
      stateValue: value,
      stateReason: reason,
      ...(reasonData !== undefined && { stateReasonData: parsed(reasonData) }),
    });
    const summary = `Alarm updated from ${from.value} to ${to.value}`;
    this.#history.add(to.since, alarm, 'StateUpdate', summary, { oldState: spelt(from), newState: spelt(to) });
  }

  #tellComposites(child: string): void {
    for (const [name, { alarm, suppression }] of this.#kept) {
      if (suppression && alarmNameOf(String(alarm.members.ActionsSuppressor)) === child) {
        suppression.suppressorChanged();
        this.#noteSuppression(name);
      }
      if (alarm.rule?.alarms.includes(child)) this.#unsettled.set(name, child);
    }
  }

  /** Once all metric alarms of an instant are judged: so a composite alarm never sees half of an instant. */
  #judgeComposites(): void {
    for (const [name, child] of this.#unsettled) {
      this.#unsettled.delete(name);
      this.#reconsiderComposite(name, child);
    }
  }

  /** Judges a composite alarm after one of its alarms changed; right after it was put, after none. */
  #reconsiderComposite(name: string, changed: string | undefined): void {
    const { rule, state } = this.#kept.get(name)?.alarm ?? {};
    if (!rule || !state) return;
    const value: AlarmState = rule.holds((child) => this.#kept.get(child)?.alarm.state.value) ? 'ALARM' : 'OK';
    if (value === state.value) return;
    const child = changed === undefined ? undefined : this.#kept.get(changed)?.alarm;
    this.#enter(
      name,
      value,
      compositeReason(child),
      JSON.stringify({ triggeringAlarms: child ? [triggering(child)] : [] }),
    );
  }
}

function triggering({ arn, state }: Alarm): object {
  return { arn, state: { value: state.value, timestamp: amazonTime(state.since) } };
}

function compositeReason(child: Alarm | undefined): string {
  if (!child) return 'The rule was evaluated for the first time';
  const at = new Date(child.state.since).toUTCString().replace('GMT', 'UTC');
  return `${child.arn} transitioned to ${child.state.value} at ${at}`;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return json;
  }
}
