import { Marked } from 'marked';
import { escapeHtml } from './html.ts';

/** Links lead to the web, and HTML is shown as it is written: a dashboard's text cannot bring either of its own. */
const markdown = new Marked({
  renderer: {
    html: ({ text }) => escapeHtml(text),
    image: ({ text }) => escapeHtml(text),
    link: ({ href, text }) =>
      /^https?:\/\//.test(href) ? `<a href="${escapeHtml(href)}">${escapeHtml(text)}</a>` : escapeHtml(text),
  },
});

/** The text of a widget as HTML. */
export function textOf(source: string): string {
  const html = markdown.parse(source);
  if (typeof html !== 'string') throw new TypeError('markdown is rendered at once');
  return html;
}
