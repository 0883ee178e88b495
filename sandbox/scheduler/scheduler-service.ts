import { AwsError } from '../aws-error.ts';
import type { ApiCall, FrontResponse, Service } from '../front.ts';
import { Input } from '../input.ts';
import type { Schedule, Schedules } from './schedules.ts';

function described(schedule: Schedule): object {
  return {
    Arn: schedule.arn,
    Name: schedule.name,
    GroupName: schedule.group,
    State: (schedule.enabled ?? true) ? 'ENABLED' : 'DISABLED',
    CreationDate: schedule.createdAt / 1000,
    LastModificationDate: schedule.changedAt / 1000,
    ScheduleExpression: schedule.expression,
    ScheduleExpressionTimezone: schedule.timeZone,
    Target: { Arn: schedule.targetArn, RoleArn: schedule.roleArn, Input: schedule.input },
  };
}

function get(schedules: Schedules, call: ApiCall): object {
  const input = new Input(call.input);
  const [name, group] = [input.text('Name'), input.optionalText('groupName') ?? 'default'];
  const schedule = schedules.all.find((candidate) => candidate.name === name && candidate.group === group);
  if (!schedule) throw new AwsError('ResourceNotFoundException', `Schedule ${name} does not exist.`, 404);
  return described(schedule);
}

const defaultPageSize = 100;

/** Schedules by group and name, a page at a time. A group that does not exist has none. */
function list(schedules: Schedules, call: ApiCall): object {
  const input = new Input(call.input);
  const group = input.optionalText('ScheduleGroup');
  const size = Number(input.optionalText('MaxResults') ?? defaultPageSize);
  const start = input.optionalText('NextToken') ?? '';
  const found = schedules.all
    .filter((schedule) => (group === undefined || schedule.group === group) && schedule.arn > start)
    .sort((one, other) => (one.arn < other.arn ? -1 : 1));
  const page = found.slice(0, size);
  return { Schedules: page.map(described), ...(found.length > size && { NextToken: page.at(-1)?.arn }) };
}

/** The EventBridge Scheduler API, for reading: schedules come from templates. */
export function schedulerService(schedules: Schedules): Service {
  return {
    name: 'scheduler',
    contentType: 'application/json',
    operations: { GetSchedule: (call) => get(schedules, call), ListSchedules: (call) => list(schedules, call) },
    answer: (output): FrontResponse => ({ status: 200, headers: {}, body: JSON.stringify(output) }),
    errorBody: (error) => ({ Message: error.message }),
  };
}
