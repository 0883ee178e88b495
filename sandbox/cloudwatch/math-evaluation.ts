import { validationError } from '../aws-error.ts';
import type { Points } from './buckets.ts';
import { evaluate, type MathScope } from './math.ts';
import { series, type MathValue } from './math-value.ts';
import type { MetricQuery } from './metric-query.ts';

/** What a set of queries is evaluated over. */
export interface MathGround extends Pick<MathScope, 'starts' | 'periodSeconds' | 'search'> {
  /** The points of the metric with this id. */
  points(id: string): Points;
}

/** Evaluates queries that refer to each other by id, each at most once. */
export class MathEvaluation {
  readonly #queries: ReadonlyMap<string, MetricQuery>;
  readonly #ground: MathGround;
  readonly #known = new Map<string, MathValue>();
  readonly #open = new Set<string>();
  readonly #scope: MathScope;

  constructor(queries: readonly MetricQuery[], ground: MathGround) {
    this.#queries = new Map(queries.map((query) => [query.id, query]));
    this.#ground = ground;
    this.#scope = {
      ...ground,
      value: (id) => this.value(id),
      metrics: (part) => queries.filter(({ id, stat }) => stat && id.includes(part)).map(({ id }) => ground.points(id)),
    };
  }

  value(id: string): MathValue {
    const known = this.#known.get(id);
    if (known) return known;
    const query = this.#queries.get(id);
    if (!query) throw validationError(`The expression refers to ${id}, which is no id of a metric or expression`);
    if (this.#open.has(id)) throw validationError(`The expression ${id} refers to itself`);
    this.#open.add(id);
    const value = query.expression ? evaluate(query.expression, this.#scope) : series(this.#ground.points(id));
    this.#open.delete(id);
    this.#known.set(id, value);
    return value;
  }
}
