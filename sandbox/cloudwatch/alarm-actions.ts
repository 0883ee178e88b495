import { AwsError } from '../aws-error.ts';
import type { VirtualClock } from '../clock.ts';
import { actionsOf, type Transition } from './alarm.ts';
import type { AlarmHistory } from './alarm-history.ts';

interface AlarmActionsParts {
  readonly clock: VirtualClock;
  readonly history: AlarmHistory;
  isMuted(alarm: string): boolean;
  /** The newest transition of an alarm, or undefined when the alarm is gone. */
  latest(alarm: string): Transition | undefined;
  /** Does one action; throws an AwsError when whoever should do it refuses. */
  act(actionArn: string, transition: Transition): void;
}

/**
 * Takes the actions of alarms, or holds them back while the alarm is muted. A state that was entered in a muted window and still holds
 * when the window ends is told then.
 */
export class AlarmActions {
  readonly #parts: AlarmActionsParts;
  readonly #muted = new Set<string>();

  constructor(parts: AlarmActionsParts) {
    this.#parts = parts;
  }

  take(transition: Transition): void {
    const { alarm, to } = transition;
    this.#muted.delete(alarm.name);
    if (!alarm.actionsEnabled) return;
    if (this.#parts.isMuted(alarm.name)) this.#muted.add(alarm.name);
    else for (const action of actionsOf(alarm, to.value)) this.#act(action, transition);
  }

  /** Takes what was held back for these alarms, unless they are muted by something else or no longer there. */
  unmute(alarms: readonly string[]): void {
    for (const name of alarms) {
      const transition = this.#muted.delete(name) ? this.#parts.latest(name) : undefined;
      if (transition) this.take(transition);
    }
  }

  #act(action: string, transition: Transition): void {
    const { history, clock } = this.#parts;
    const { alarm, to } = transition;
    const record = (actionState: string, summary: string, error?: string): void => {
      const data = {
        actionState,
        stateUpdateTimestamp: to.since,
        notificationResource: action,
        publishedMessage: null,
        error: error ?? null,
      };
      history.add(clock.now, alarm, 'Action', summary, data);
    };
    try {
      this.#parts.act(action, transition);
      record('Succeeded', `Successfully executed action ${action}`);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      record('Failed', `Failed to execute action ${action}. Received error: "${error.message}"`, error.message);
    }
  }
}
