/**
 * The input of every schedule, as EventBridge Scheduler delivers it to a function.
 * `slot` and `schedule` are filled in by Scheduler's context attributes; together they identify one delivery however often it arrives.
 */
export const scheduleContext = {
  slot: '<aws.scheduler.scheduled-time>',
  schedule: '<aws.scheduler.schedule-arn>',
} as const;
