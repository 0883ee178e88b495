import { Stack, type StackProps } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { CheckedDeployment } from './checked-deployment.ts';
import type { Ledger } from './constructs/ledger.ts';
import { BackupDashboard } from './constructs/monitoring/dashboard.ts';
import { Watch } from './constructs/watch.ts';
import { WeeklySummary } from './constructs/weekly-summary.ts';
import type { MonitoringProps, NotifyProps } from './monitoring-props.ts';

export interface MonitoringStackProps extends StackProps {
  readonly deployment: CheckedDeployment;
  readonly ledger: Ledger;
  readonly encryptionKey: IKey | undefined;
  readonly logRetention?: RetentionDays | undefined;
  readonly monitoring?: MonitoringProps | undefined;
  readonly notify?: NotifyProps | undefined;
}

/** The default of `MonitoringProps.forecast`. */
const usualForecastDays = 30;

/** Watches a deployment, on a path of its own: what stops backups does not stop this. */
export class MonitoringStack extends Stack {
  constructor(scope: Construct, id: string, props: MonitoringStackProps) {
    super(scope, id, props);
    const { deployment, ledger, encryptionKey, logRetention = RetentionDays.THREE_MONTHS, monitoring, notify } = props;
    const { topic, weeklySummary } = notify ?? {};
    const shared = { deployment, ledger, encryptionKey, logRetention };
    const watch = new Watch(this, 'Watch', { ...shared, ...monitoring, topic });
    if (monitoring?.dashboard !== false) this.addDashboard(deployment, monitoring);
    if (!topic || weeklySummary === false) return;
    new WeeklySummary(this, 'WeeklySummary', { ...shared, watch, topic, schedule: weeklySummary });
  }

  private addDashboard(deployment: CheckedDeployment, monitoring: MonitoringProps = {}): void {
    const { detail = 'table', forecast, runbookUrl = 'docs/runbook.md' } = monitoring;
    new BackupDashboard(this, 'Dashboard', {
      ...deployment,
      detail,
      forecastDays: forecast?.toDays() ?? usualForecastDays,
      runbook: { url: runbookUrl, headings: [] },
    });
  }
}
