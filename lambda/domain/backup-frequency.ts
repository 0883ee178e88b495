/** EventBridge Scheduler fires a schedule at most once a minute. */
const mostPerDay = 24 * 60;
const spare = 3;

/** The most slots a plan can have in 24 hours, with a few to spare for slots on either edge. More is not the schedule's doing. */
export const maximumBackupsPerDay = mostPerDay + spare;
