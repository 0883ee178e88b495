import { type IWidget, TextWidget, TextWidgetBackground } from 'aws-cdk-lib/aws-cloudwatch';

/** Where the runbook is read, and its headings as they stand in links: `recovery-point-overdue`. */
export interface Runbook {
  /** On the web each heading becomes a link, anywhere else it is only named. */
  readonly url: string;
  readonly headings: readonly string[];
}

const fullWidth = 24;
const headingsPerRow = 8;
const highestText = 10;

/** Says over the whole width of the dashboard what follows. */
export function heading(text: string): IWidget {
  return new TextWidget({
    markdown: `## ${text}`,
    width: fullWidth,
    height: 1,
    background: TextWidgetBackground.TRANSPARENT,
  });
}

/** What the numbers are, and how to read them, in two sentences. */
export function introduction(owner: string): IWidget {
  const markdown = [
    `# DynamoDB backups of deployment ${owner}`,
    'Every 15 minutes `watch` looks at the backups that exist, and drills restore some of them for real: what stands here was measured, not planned. ' +
      'Up to 100 % an objective is kept; what leaves its range has an alarm, and the alarm a heading in the runbook.',
  ].join('\n\n');
  return new TextWidget({ markdown, width: fullWidth, height: 2, background: TextWidgetBackground.TRANSPARENT });
}

/** What to do, by heading of the runbook. */
export function runbookLinks({ url, headings }: Runbook): IWidget[][] {
  const isLinked = /^https?:\/\//.test(url);
  const named = headings.map((heading) => (isLinked ? `[${titleOf(heading)}](${url}#${heading})` : titleOf(heading)));
  const where = isLinked ? `[The runbook](${url})` : `The runbook is \`${url}\``;
  const markdown = [where, ...(named.length > 0 ? [named.join(' · ')] : [])].join(': ');
  const height = Math.min(highestText, 1 + Math.ceil(headings.length / headingsPerRow));
  return [[heading('What to do?')], [new TextWidget({ markdown, width: fullWidth, height })]];
}

/** `recovery-point-overdue` as `Recovery point overdue`. */
function titleOf(heading: string): string {
  return heading.charAt(0).toUpperCase() + heading.slice(1).replaceAll('-', ' ');
}
