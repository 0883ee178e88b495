import { App, Stack } from 'aws-cdk-lib';
import { BackupDashboard } from '../lib/constructs/monitoring/dashboard.ts';
import type { Plan } from '../lambda/domain/plan.ts';

const env = { account: '123456789012', region: 'eu-central-1' };
const runbook = { url: 'docs/runbook.md', headings: [] };

/** Synthesizes the dashboard of these plans, alone, into a cloud assembly. */
export function synthesizeDashboard(plans: readonly Plan[], outdir: string): void {
  const app = new App({ outdir, analyticsReporting: false, builtinCloudFormationValidation: false });
  const stack = new Stack(app, 'Preview', { env });
  const shape = { owner: 'preview', detail: 'table', forecastDays: 30, runbook } as const;
  new BackupDashboard(stack, 'Dashboard', { plans, pairs: new Map(), ...shape });
  app.synth();
}
