import { validationError } from '../aws-error.ts';
import type { MetricSeries } from './metrics.ts';

interface Term {
  /** A member to compare, such as MetricName or a dimension; undefined searches everything. */
  readonly key: string | undefined;
  readonly value: string;
  /** Quoted: the whole value, not a part of it. */
  readonly exact: boolean;
}

const schema = /^\s*\{([^}]*)\}/;
const term = /\s*(?:(\w+)\s*=\s*)?(?:"([^"]*)"|([^\s"=]+))/y;

/**
 * The series that a search expression finds: those with exactly the namespace and dimension names in its braces, that match every term
 * after them. Terms are joined by AND. Source: CloudWatch user guide, search-expression-syntax; OR, NOT and parentheses are not known.
 */
export function searchSeries(all: readonly MetricSeries[], expression: string): MetricSeries[] {
  const [braces = '', inner] = schema.exec(expression) ?? [];
  const terms = termsOf(expression.slice(braces.length));
  const wanted = inner === undefined ? undefined : inner.split(',').map((part) => part.trim().replaceAll('"', ''));
  const found = all.filter(
    (series) => (wanted === undefined || hasSchema(series, wanted)) && terms.every((each) => matches(series, each)),
  );
  return found.sort((a, b) => (spelt(a) < spelt(b) ? -1 : 1));
}

function termsOf(source: string): Term[] {
  const found: Term[] = [];
  term.lastIndex = 0;
  const end = source.trimEnd().length;
  while (term.lastIndex < end) {
    const match = term.exec(source);
    const [, key, quoted, word] = match ?? [];
    if (!match || word === 'OR' || word === 'NOT' || word?.startsWith('('))
      throw validationError(`the sandbox cannot search by '${source.trim()}'`);
    if (word !== 'AND') found.push({ key, value: quoted ?? word ?? '', exact: quoted !== undefined });
  }
  return found;
}

function hasSchema({ namespace, dimensions }: MetricSeries, [wanted, ...names]: readonly string[]): boolean {
  return namespace === wanted && JSON.stringify(Object.keys(dimensions).sort()) === JSON.stringify([...names].sort());
}

function matches(series: MetricSeries, { key, value, exact }: Term): boolean {
  const fields: Readonly<Record<string, string>> = {
    ...series.dimensions,
    Namespace: series.namespace,
    MetricName: series.name,
  };
  const compared = key === undefined ? Object.values(fields) : [fields[key] ?? ''];
  return compared.some((field) => (exact ? field === value : field.toLowerCase().includes(value.toLowerCase())));
}

function spelt({ namespace, name, dimensions }: MetricSeries): string {
  return JSON.stringify([namespace, name, Object.values(dimensions)]);
}
