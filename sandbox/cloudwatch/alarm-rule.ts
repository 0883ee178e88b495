import { validationError } from '../aws-error.ts';
import type { AlarmState } from './judgement.ts';

/** The rule of a composite alarm, taken apart. */
export interface AlarmRule {
  /** Names of the alarms it refers to, each once. */
  readonly alarms: readonly string[];
  holds(stateOf: (alarm: string) => AlarmState | undefined): boolean;
}

type Holds = AlarmRule['holds'];

const tokens = /\s*(?:([()])|"((?:[^"\\]|\\.)*)"|([^\s()"]+))/y;
const longestRule = 10_240;
const mostAlarms = 100;
const states: ReadonlySet<string> = new Set<AlarmState>(['OK', 'ALARM', 'INSUFFICIENT_DATA']);

/** An alarm is named by its name or its ARN. */
export function alarmNameOf(reference: string): string {
  return reference.replace(/^arn:[^:]+:cloudwatch:[^:]*:[^:]*:alarm:/, '');
}

function tokenize(source: string): string[] {
  const found: string[] = [];
  tokens.lastIndex = 0;
  const end = source.trimEnd().length;
  while (tokens.lastIndex < end) {
    const match = tokens.exec(source);
    if (!match) throw validationError(`AlarmRule must not contain an open quotation, got ${source}`);
    const [, parenthesis, quoted, word] = match;
    found.push(parenthesis ?? word ?? (quoted ?? '').replaceAll(/\\(.)/g, '$1'));
  }
  return found;
}

/** Reads a rule from left to right: OR binds loosest, then AND, then NOT. */
class RuleParser {
  readonly #source: string;
  readonly #tokens: readonly string[];
  readonly alarms = new Set<string>();
  #next = 0;

  constructor(source: string) {
    this.#source = source;
    this.#tokens = tokenize(source);
  }

  whole(): Holds {
    const holds = this.#either();
    if (this.#next < this.#tokens.length) throw this.#unexpected();
    return holds;
  }

  #either(): Holds {
    const parts = [this.#both()];
    while (this.#takes('OR')) parts.push(this.#both());
    return (stateOf) => parts.some((holds) => holds(stateOf));
  }

  #both(): Holds {
    const parts = [this.#term()];
    while (this.#takes('AND')) parts.push(this.#term());
    return (stateOf) => parts.every((holds) => holds(stateOf));
  }

  #term(): Holds {
    if (this.#takes('NOT')) {
      const denied = this.#term();
      return (stateOf) => !denied(stateOf);
    }
    if (this.#takes('TRUE')) return () => true;
    if (this.#takes('FALSE')) return () => false;
    if (this.#takes('(')) return this.#closed(this.#either());
    return this.#stateOfAlarm();
  }

  #stateOfAlarm(): Holds {
    const state = this.#take();
    if (state === undefined || !states.has(state) || !this.#takes('(')) throw this.#unexpected(-1);
    const reference = this.#take();
    if (reference === undefined || reference === ')') throw this.#unexpected(-1);
    const name = alarmNameOf(reference);
    this.alarms.add(name);
    return this.#closed((stateOf) => stateOf(name) === state);
  }

  #closed(holds: Holds): Holds {
    if (!this.#takes(')')) throw this.#unexpected();
    return holds;
  }

  #take(): string | undefined {
    return this.#tokens[this.#next++];
  }

  #takes(token: string): boolean {
    if (this.#tokens[this.#next] !== token) return false;
    this.#next++;
    return true;
  }

  #unexpected(offset = 0): Error {
    const token = this.#tokens[this.#next + offset] ?? 'the end';
    return validationError(`Error in AlarmRule: unexpected ${token} in '${this.#source}'`);
  }
}

/**
 * Reads the rule of a composite alarm. Source: CloudWatch API reference, PutCompositeAlarm, with its limits of 10,240 characters and 100
 * alarms.
 */
export function parseAlarmRule(source: string): AlarmRule {
  if (source.length > longestRule)
    throw validationError(`AlarmRule must have at most ${longestRule} characters, got ${source.length}`);
  const parser = new RuleParser(source);
  const holds = parser.whole();
  const alarms = [...parser.alarms];
  if (alarms.length > mostAlarms)
    throw validationError(`AlarmRule must refer to at most ${mostAlarms} alarms, got ${alarms.length}`);
  return { alarms, holds };
}
