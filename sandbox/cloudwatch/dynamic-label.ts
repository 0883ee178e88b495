import { validationError } from '../aws-error.ts';
import type { MetricSeries } from './metrics.ts';

/**
 * A label with the properties of a metric put in: `${PROP('Dim.Table')}`, `${PROP('MetricName')}`, `${PROP('Namespace')}`. Live values such as
 * `${MAX}` are not known. Source: CloudWatch user guide, graph-dynamic-labels.
 */
export function dynamicLabel(label: string, origin: MetricSeries | undefined): string {
  return label.replace(/\$\{([^}]*)\}/g, (whole, inside: string) => {
    const [, property] = /^PROP\('([^']*)'\)$/.exec(inside) ?? [];
    if (property === undefined) throw validationError(`the sandbox does not know the dynamic label ${whole}`);
    return origin ? propertyOf(origin, property) : '';
  });
}

function propertyOf({ namespace, name, dimensions }: MetricSeries, property: string): string {
  if (property === 'MetricName') return name;
  if (property === 'Namespace') return namespace;
  return property.startsWith('Dim.') ? (dimensions[property.slice('Dim.'.length)] ?? '') : '';
}
