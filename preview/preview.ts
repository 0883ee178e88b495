import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { SandboxAccount } from '../sandbox/account.ts';
import { screenshot } from './chromium.ts';
import { tellStory } from './made-up/story.ts';
import { metricDataOf } from './metric-data.ts';
import { dashboardPage } from './page.ts';
import { previewedPlans } from './previewed-plans.ts';
import { readMetrics } from './read-metrics.ts';
import { type SynthesizedDashboard, synthesizedDashboards } from './synthesized.ts';
import { synthesizeDashboard } from './synthesize.ts';
import { withChoices } from './variables.ts';

export interface PreviewOptions {
  /** Where the HTML goes, and the PNG. */
  readonly out: string;
  /** A cloud assembly whose dashboards are drawn, instead of that of made-up plans. */
  readonly assembly?: string;
  /** A file of metrics, instead of made-up ones: what `Metrics.series` of a sandbox account holds, as JSON. */
  readonly metrics?: string;
  /** How many plans and tables are made up. */
  readonly plans: number;
  readonly tables: number;
  /** The values chosen for the dashboard's variables, by id. */
  readonly chosen: Readonly<Record<string, string>>;
  /** The browser to take pictures with; without one there are none. */
  readonly browser: string | undefined;
  /** When the picture is of. */
  readonly now: Date;
}

/** Draws dashboards as they would be deployed; says which files it wrote and, without a browser, why there is no picture. */
export async function preview(options: PreviewOptions, say: (line: string) => void): Promise<void> {
  await mkdir(options.out, { recursive: true });
  const account = new SandboxAccount({ startAt: options.now });
  if (options.metrics === undefined)
    tellStory(account.metrics, {
      ...options,
      plans: previewedPlans(options.plans),
      until: options.now,
      days: storyDays,
    });
  else readMetrics(account.metrics, await readFile(options.metrics, 'utf8'));
  const dashboards = await dashboardsOf(options);
  if (dashboards.length === 0)
    throw new Error(`no stack in ${options.assembly ?? 'the assembly'} declares a dashboard`);
  for (const dashboard of dashboards) await draw(dashboard, account, options, say);
}

const storyDays = 182;

async function dashboardsOf({ assembly, plans }: PreviewOptions): Promise<SynthesizedDashboard[]> {
  if (assembly !== undefined) return synthesizedDashboards(assembly);
  const folder = await mkdtemp(join(tmpdir(), 'ddb-backups-dashboard-'));
  try {
    synthesizeDashboard(previewedPlans(plans), folder);
    return await synthesizedDashboards(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function draw(
  dashboard: SynthesizedDashboard,
  account: SandboxAccount,
  options: PreviewOptions,
  say: (line: string) => void,
): Promise<void> {
  const { name, region, body } = dashboard;
  const { out, chosen, now, browser } = options;
  const metricData = metricDataOf(account.client(CloudWatchClient));
  const html = await dashboardPage({
    name,
    region,
    metricData,
    now,
    ...(await withChoices(body, chosen, metricData, now)),
  });
  const file = join(out, name);
  await writeFile(`${file}.html`, html);
  say(`wrote ${file}.html`);
  if (browser === undefined) {
    say('no Chromium was found, so there is no picture: install it, or name it in the variable CHROMIUM');
    return;
  }
  await screenshot(browser, { html, path: `${file}.png` });
  say(`wrote ${file}.png`);
}
