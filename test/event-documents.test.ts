import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { eventSource } from '../lambda/contract/events.ts';
import { eventDetails, type EventType } from '../lambda/domain/events/event.ts';

const root = resolve(import.meta.dirname, '..');
const folder = join(root, 'docs/events');
const types = Object.keys(eventDetails) as EventType[];

function fileOf(type: EventType): string {
  return `${type.toLowerCase().replaceAll(' ', '-')}.json`;
}

/** What a rule sees of an event that is ours; AWS adds `id`, `time`, `account`, `region`, `resources` and `version`. */
function documentOf(type: EventType): object {
  const { description = '' } = eventDetails[type];
  const event = z
    .object({ source: z.literal(eventSource), 'detail-type': z.literal(type), detail: eventDetails[type] })
    .describe(description);
  return z.toJSONSchema(event, { io: 'input' });
}

function readDocument(file: string): unknown {
  return JSON.parse(readFileSync(join(folder, file), 'utf8'));
}

/** Every example of docs/events.md: an event as a rule sees it. */
function examples(): { readonly source: string; readonly 'detail-type': EventType; readonly detail: unknown }[] {
  const blocks = readFileSync(join(root, 'docs/events.md'), 'utf8').matchAll(/```json\n([\s\S]*?)```/g);
  return [...blocks].map(([, json = '']) => JSON.parse(json) as ReturnType<typeof examples>[number]);
}

describe('the documents of the events', () => {
  // With WRITE_DOCUMENTS=1 the files are written anew, for `prettier --write docs/events` and a commit.
  if (process.env.WRITE_DOCUMENTS) {
    for (const type of types) writeFileSync(join(folder, fileOf(type)), JSON.stringify(documentOf(type), undefined, 2));
  }

  test('are one for each event, and no other', () => {
    expect(readdirSync(folder).sort()).toEqual(types.map(fileOf).sort());
  });

  test.each(types)('say of %s what the code says', (type) => {
    expect(readDocument(fileOf(type))).toEqual(documentOf(type));
  });

  test.each(types)('let further members come to %s within its version', (type) => {
    expect(JSON.stringify(readDocument(fileOf(type)))).not.toContain('additionalProperties');
  });

  test('stand beside an example of each, valid and with nothing undocumented in it', () => {
    const described = examples();

    expect(described.map((event) => event['detail-type'])).toEqual(types);
    for (const { source, 'detail-type': type, detail } of described) {
      expect(source).toBe(eventSource);
      expect(eventDetails[type].parse(detail)).toEqual(detail);
    }
  });
});
