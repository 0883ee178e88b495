import { readFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { compileFunction } from 'node:vm';
import { transformSync } from 'esbuild';

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

/** A function's code, compiled once and evaluated once for every process that runs it. */
export class Bundle {
  readonly filename: string;
  readonly #evaluate: (...shadows: unknown[]) => void;

  constructor(filename: string, code: string) {
    this.filename = filename;
    const compiled: unknown = compileFunction(code, [...shadowedNames], { filename });
    if (typeof compiled !== 'function') throw new TypeError(`${filename} did not compile to a function`);
    this.#evaluate = (...shadows) => {
      Reflect.apply(compiled, undefined, shadows);
    };
  }

  evaluate(shadows: Shadows): void {
    this.#evaluate(...shadowedNames.map((name) => shadows[name]));
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
