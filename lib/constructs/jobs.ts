/** The jobs of the backup stack. */
export const backupJobs = ['backup', 'prune'] as const;
/** Of the backup stack as well, where a plan is of AWS Backup. */
export const vaultJobs = ['follow'] as const;
/** The jobs of the drill stack. */
export const drillJobs = ['drill-start', 'drill', 'sweep'] as const;
/** The jobs of the monitoring stack. */
export const monitoringJobs = ['watch', 'summary'] as const;
/** Every job is a function of the same name, and its handler a file of that name. */
export const jobs = [...backupJobs, ...vaultJobs, ...drillJobs, ...monitoringJobs] as const;
export type Job = (typeof jobs)[number];
