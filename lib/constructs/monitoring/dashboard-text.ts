import { type IWidget, TextWidget, TextWidgetBackground } from 'aws-cdk-lib/aws-cloudwatch';

/** A heading of the runbook, and where it is read: a URL becomes a link, anything else is only named. */
export interface RunbookArticle {
  readonly title: string;
  readonly location: string;
}

const fullWidth = 24;
const articlesPerRow = 6;

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
export function runbookLinks(articles: readonly RunbookArticle[]): IWidget[][] {
  if (articles.length === 0) return [];
  const markdown = articles.map(link).join(' · ');
  const height = Math.min(10, 1 + Math.ceil(articles.length / articlesPerRow));
  return [[heading('What to do?')], [new TextWidget({ markdown, width: fullWidth, height })]];
}

function link({ title, location }: RunbookArticle): string {
  return /^https?:\/\//.test(location) ? `[${title}](${location})` : `${title} (\`${location}\`)`;
}
