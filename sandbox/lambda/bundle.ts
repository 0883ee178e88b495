import { readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { compileFunction } from 'node:vm';
import { transformSync } from 'esbuild';
import { askingForShortCalls, shortCallName, type ShortCall } from './short-calls.ts';

/** The names that a bundle sees as its own instead of Node's. */
export const shadowedNames = [
  'exports',
  'require',
  'module',
  '__filename',
  '__dirname',
  'process',
  'global',
  'globalThis',
  'console',
  'crypto',
  'performance',
  'fetch',
  'Date',
  'Math',
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setImmediate',
  'clearImmediate',
] as const;

export type Shadows = Readonly<Record<(typeof shadowedNames)[number], unknown>>;

type Evaluate = (...values: unknown[]) => unknown;

/** A function's code, compiled when it is first needed and evaluated once for every process that runs it. */
export class Bundle {
  readonly filename: string;
  readonly #code: string;
  #compiled: Evaluate | undefined;
  #compiledShort: Evaluate | undefined;

  constructor(filename: string, code: string) {
    this.filename = filename;
    this.#code = code;
  }

  /** Evaluates the code as it is or, with a short way for its calls, with the one change that its clients ask for it. */
  evaluate(shadows: Shadows, shortCall?: ShortCall): void {
    const values = shadowedNames.map((name) => shadows[name]);
    if (!shortCall) {
      this.#compiled ??= this.#compile(this.#code, shadowedNames);
      this.#compiled(...values);
      return;
    }
    this.#compiledShort ??= this.#compile(askingForShortCalls(this.filename, this.#code), [
      ...shadowedNames,
      shortCallName,
    ]);
    this.#compiledShort(...values, shortCall);
  }

  #compile(code: string, names: readonly string[]): Evaluate {
    const compiled: unknown = compileFunction(code, [...names], { filename: this.filename });
    if (typeof compiled !== 'function') throw new TypeError(`${this.filename} did not compile to a function`);
    return (...values) => Reflect.apply(compiled, undefined, values) as unknown;
  }
}

/** Reads the bundle that a Lambda function's asset folder holds; `handler` is spelt as in its template, such as `index.handler`. */
export function readBundle(folder: string, handler: string): Bundle {
  const stem = handler.slice(0, handler.lastIndexOf('.'));
  for (const extension of ['.js', '.cjs', '.mjs']) {
    const path = join(folder, `${stem}${extension}`);
    if (existsSync(path)) return bundleFrom(path, readFileSync(path, 'utf8'));
  }
  throw new Error(`no ${stem}.js, .cjs or .mjs in ${folder} for the handler ${handler}`);
}

/** A bundle from code in memory. ES modules are rewritten as CommonJS, since only that can be given its own globals. */
export function bundleFrom(path: string, code: string): Bundle {
  const isModule = path.endsWith('.mjs') || /^(?:import|export)\b/m.test(code);
  return new Bundle(
    path,
    isModule ? transformSync(code, { format: 'cjs', platform: 'node', target: 'node24' }).code : code,
  );
}
