/** What an examination found: that all is well with something, that a person must act, or that nobody could look. */
export type Finding =
  | { readonly state: 'fine'; readonly about: Subject; readonly says: string }
  | { readonly state: 'wrong' | 'unknown'; readonly about: Subject; readonly says: string; readonly remedy: string };

export type Subject = 'audience' | 'alarms' | 'mutes' | 'schedules' | 'watch' | 'runs';

/** > All is well only when everything could be looked at and nothing is wrong. */
export function isWell(findings: readonly Finding[]): boolean {
  return findings.every(({ state }) => state === 'fine');
}

/** Where the runbook says what to do about an alarm. */
export function runbook(heading: string): string {
  return `see docs/runbook.md#${heading}`;
}
