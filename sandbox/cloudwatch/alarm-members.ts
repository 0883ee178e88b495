import { validationError } from '../aws-error.ts';
import { Input } from '../input.ts';

const mostActions = 5;
const longestDescription = 1024;
const actionMembers = ['AlarmActions', 'OKActions', 'InsufficientDataActions'];

/** Checks what PutMetricAlarm and PutCompositeAlarm have in common, and returns the alarm's name. */
export function checkedAlarmName(members: Readonly<Record<string, unknown>>): string {
  const input = new Input(members);
  const name = input.text('AlarmName', { min: 1, max: 255 });
  input.optionalText('AlarmDescription', { max: longestDescription });
  for (const member of actionMembers) {
    const count = input.texts(member).length;
    if (count > mostActions) throw validationError(`${member} must have at most ${mostActions} actions, got ${count}`);
  }
  return name;
}
