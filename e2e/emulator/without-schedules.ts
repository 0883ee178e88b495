import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

const templateSchema = z.looseObject({
  Resources: z.record(z.string(), z.looseObject({ Type: z.string() })),
  Outputs: z.record(z.string(), z.looseObject({ Value: z.unknown() })).default({}),
});
type Template = z.output<typeof templateSchema>;

/** Takes out of a synthesized app what moto cannot deploy: schedules, invoke settings, and the resources that refer to them. */
export function removeSchedules(assembly: string): void {
  for (const file of readdirSync(assembly).filter((name) => name.endsWith('.template.json'))) {
    const path = join(assembly, file);
    writeFileSync(path, JSON.stringify(reduced(templateSchema.parse(JSON.parse(readFileSync(path, 'utf8'))))));
  }
}

function reduced(template: Template): Template {
  const removed = new Set(idsOf(template, ({ Type }) => unsupported.test(Type)));
  const isOrphan = (part: unknown) => referredTo(part).some((id) => removed.has(id));
  for (let before = -1; before !== removed.size;) {
    before = removed.size;
    for (const id of idsOf(template, isOrphan)) removed.add(id);
  }
  const outputs = Object.entries(template.Outputs).map(([name, output]): [string, { Value: unknown }] => [
    name,
    isOrphan(output) ? { Value: 'not deployed' } : output,
  ]);
  const resources = Object.entries(template.Resources).filter(([id]) => !removed.has(id));
  return { ...template, Resources: Object.fromEntries(resources), Outputs: Object.fromEntries(outputs) };
}

const unsupported = /^AWS::Scheduler::|^AWS::Lambda::EventInvokeConfig$/;

function idsOf(template: Template, matches: (resource: Template['Resources'][string]) => boolean): string[] {
  return Object.entries(template.Resources).flatMap(([id, resource]) => (matches(resource) ? [id] : []));
}

/** Every logical id a part of a template refers to. */
function referredTo(part: unknown): string[] {
  if (Array.isArray(part)) return part.flatMap((item: unknown) => referredTo(item));
  if (typeof part !== 'object' || part === null) return [];
  const entries: [string, unknown][] = Object.entries(part);
  return entries.flatMap(([key, value]) => {
    if (key === 'Ref' && typeof value === 'string') return [value];
    if (key === 'Fn::GetAtt') return attributeSchema.parse(value).slice(0, 1);
    return referredTo(value);
  });
}

const attributeSchema = z.array(z.string());
