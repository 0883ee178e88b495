import { isRecord } from '../input.ts';

/** What a rule hands to its target instead of the event. */
export interface TargetInput {
  readonly constant: string | undefined;
  readonly path: string | undefined;
  readonly template: { readonly paths: Readonly<Record<string, string>>; readonly text: string } | undefined;
}

/** The value at a path such as `$.detail.table`. */
function valueAt(event: unknown, path: string): unknown {
  let value = event;
  for (const [, name = ''] of path.matchAll(/\.([\w-]+)/g)) value = isRecord(value) ? value[name] : undefined;
  return value;
}

/** What the target gets: the event, a part of it, or a text made from parts of it. */
export function payloadOf(event: object, input: TargetInput): string {
  if (input.constant !== undefined) return input.constant;
  if (input.path !== undefined) return JSON.stringify(valueAt(event, input.path));
  if (!input.template) return JSON.stringify(event);
  const { paths, text } = input.template;
  const isText = !/^\s*[{[]/.test(text);
  return text.replaceAll(/("?)<([\w.-]+)>\1/g, (_, quote: string, name: string) => {
    const value =
      name === 'aws.events.event' ? event : paths[name] === undefined ? undefined : valueAt(event, paths[name]);
    if (value === undefined) return quote === '' ? '' : '""';
    if (typeof value === 'string') return quote !== '' || !isText ? JSON.stringify(value) : value;
    return JSON.stringify(value);
  });
}
