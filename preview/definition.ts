import * as z from 'zod';

/** What of a DashboardBody the preview draws. Source: CloudWatch API reference, Dashboard Body Structure and Syntax. */
const drawing = z.object({
  id: z.string().optional(),
  label: z.string().optional(),
  expression: z.string().optional(),
  period: z.number().optional(),
  stat: z.string().optional(),
  visible: z.boolean().optional(),
  color: z.string().optional(),
  yAxis: z.enum(['left', 'right']).optional(),
});

/** Namespace, name, names and values of dimensions, and last how it is drawn; of an expression only that. */
const metric = z.array(z.union([z.string(), drawing])).min(1);

const axis = z.object({ min: z.number().optional(), max: z.number().optional(), label: z.string().optional() });

const annotation = z.object({
  value: z.number(),
  label: z.string().optional(),
  color: z.string().optional(),
  fill: z.enum(['above', 'below', 'none']).optional(),
  yAxis: z.enum(['left', 'right']).default('left'),
});

const place = { x: z.number(), y: z.number(), width: z.number(), height: z.number() };

const metricWidget = z.object({
  type: z.literal('metric'),
  ...place,
  properties: z.object({
    view: z.enum(['timeSeries', 'singleValue', 'gauge']),
    title: z.string().optional(),
    metrics: z.array(metric).min(1),
    period: z.number().optional(),
    stat: z.string().optional(),
    start: z.string().optional(),
    stacked: z.boolean().optional(),
    yAxis: z.object({ left: axis.optional(), right: axis.optional() }).optional(),
    annotations: z.object({ horizontal: z.array(annotation).optional() }).optional(),
  }),
});

const textWidget = z.object({
  type: z.literal('text'),
  ...place,
  properties: z.object({ markdown: z.string(), background: z.string().optional() }),
});

const variable = z.object({
  type: z.literal('pattern'),
  id: z.string(),
  pattern: z.string(),
  label: z.string().optional(),
  defaultValue: z.string(),
  values: z.array(z.object({ value: z.string() })).optional(),
  search: z.string().optional(),
  populateFrom: z.string().optional(),
});

const dashboard = z.object({
  start: z.string().default('-PT3H'),
  // A preview that changed the periods of a dashboard would show another one.
  periodOverride: z.literal('inherit'),
  widgets: z.array(z.discriminatedUnion('type', [metricWidget, textWidget])),
  variables: z.array(variable).default([]),
});

export type DashboardDefinition = z.output<typeof dashboard>;
export type Widget = DashboardDefinition['widgets'][number];
export type MetricWidget = z.output<typeof metricWidget>;
export type TextWidget = z.output<typeof textWidget>;
export type MetricEntry = z.output<typeof metric>;
export type Drawing = z.output<typeof drawing>;
export type Annotation = z.output<typeof annotation>;
export type Axis = z.output<typeof axis>;
export type Variable = z.output<typeof variable>;

/**
 * Reads a DashboardBody.
 *
 * @throws ZodError where it has what the preview cannot draw
 */
export function readDefinition(body: string): DashboardDefinition {
  return dashboard.parse(JSON.parse(body));
}
