import type { Engine } from './plan.ts';

/** > Backups of DynamoDB are quick and a run waits for them; a job of AWS Backup outlasts it and is followed. */
export function isFollowed(engine: Engine): boolean {
  return engine === 'aws-backup';
}
