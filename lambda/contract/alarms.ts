/** What the names of all alarms of a deployment begin with; behind it stand a plan's name and a slash for those of a plan. */
export function alarmNamePrefix(owner: string): string {
  return `dynamodb-backups/${owner}/`;
}
