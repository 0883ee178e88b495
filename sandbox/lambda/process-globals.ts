import * as nodeConsole from 'node:console';
import * as nodeCrypto from 'node:crypto';
import { EventEmitter } from 'node:events';
import { createRequire, isBuiltin } from 'node:module';
import { randomBytes, randomUuid, type Random } from '../random.ts';
import type { Shadows } from './bundle.ts';
import { httpStub, type Transport } from './http-stub.ts';
import { createHash, createHmac } from './one-shot-crypto.ts';
import { begunUuid } from './short-calls.ts';
import { virtualTimers, type TimerHost } from './virtual-timers.ts';

/** What the globals of one process are made of. */
export interface ProcessParts {
  readonly filename: string;
  readonly env: Readonly<Record<string, string>>;
  readonly random: Random;
  readonly timers: TimerHost;
  readonly transport: Transport;
  /** Epoch milliseconds as this machine's clock shows them. */
  now(): number;
  readonly print: (text: string) => void;
  readonly exit: (code: number) => void;
}

const realRequire = createRequire(import.meta.url);

/** A function with the prototype of the real one; a proxy is several times slower, and an SDK asks for the time at every turn. */
function virtualDate(now: () => number): DateConstructor {
  function VirtualDate(...values: unknown[]): Date | string {
    const constructed: unknown = new.target;
    if (typeof constructed !== 'function') return new Date(now()).toString();
    return Reflect.construct(Date, values.length > 0 ? values : [now()], constructed) as Date;
  }
  const own = { now: { value: now, writable: true, configurable: true }, prototype: { value: Date.prototype } };
  return Object.defineProperties(Object.setPrototypeOf(VirtualDate, Date) as DateConstructor, own);
}

function virtualMath(random: Random): Math {
  const math: Math = Object.create(Math) as Math;
  math.random = random;
  return math;
}

function virtualPerformance(now: () => number): object {
  const startedAt = now();
  return { timeOrigin: startedAt, now: () => now() - startedAt, mark: () => undefined, measure: () => undefined };
}

function stream(print: (text: string) => void): EventEmitter {
  const write = (chunk: string | Uint8Array): boolean => {
    print(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
    return true;
  };
  return Object.assign(new EventEmitter(), { write, isTTY: false, writable: true, fd: 1 });
}

function boundTo(events: EventEmitter, name: string): unknown {
  const method: unknown = Reflect.get(events, name);
  return typeof method === 'function'
    ? (...values: unknown[]) => Reflect.apply(method, events, values) as unknown
    : method;
}

function virtualProcess(parts: ProcessParts): NodeJS.Process {
  const events = new EventEmitter();
  const eventNames = [
    'on',
    'once',
    'off',
    'addListener',
    'removeListener',
    'removeAllListeners',
    'emit',
    'listenerCount',
  ];
  const startedAt = parts.now();
  const nanoseconds = (): bigint => BigInt(Math.round(parts.now() * 1e6));
  const hrtime = (): [number, number] => [Math.floor(parts.now() / 1000), (parts.now() % 1000) * 1e6];
  const own = {
    env: { ...parts.env },
    stdout: stream(parts.print),
    stderr: stream(parts.print),
    exit: parts.exit,
    exitCode: undefined,
    hrtime: Object.assign(hrtime, { bigint: nanoseconds }),
    uptime: () => (parts.now() - startedAt) / 1000,
    emitWarning: (warning: unknown) => { parts.print(`${String(warning)}\n`); }, // prettier-ignore
    ...Object.fromEntries(eventNames.map((name) => [name, boundTo(events, name)])),
  };
  return Object.create(process, Object.getOwnPropertyDescriptors(own)) as NodeJS.Process;
}

/** The global object: everything Node has, and the shadows in front. What a function writes to it stays its own. */
function virtualGlobal(shadows: Partial<Shadows>): object {
  const own: PropertyDescriptorMap = {};
  for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(globalThis))) {
    // Node's getters refuse any other receiver than the real global object.
    if (descriptor.get) own[name] = { get: () => Reflect.get(globalThis, name) as unknown, configurable: true };
  }
  for (const [name, value] of Object.entries(shadows)) own[name] = { value, writable: true, configurable: true };
  const global: object = Object.create(globalThis, own) as object;
  return Object.assign(global, { global, globalThis: global });
}

function seededCrypto(random: Random): object {
  const seeded = {
    randomUUID: () => begunUuid() ?? randomUuid(random),
    randomBytes: (length: number) => Buffer.from(randomBytes(random, length)),
    randomInt: (low: number, high?: number) => {
      const [from, to] = high === undefined ? [0, low] : [low, high];
      return from + Math.floor(random() * (to - from));
    },
    getRandomValues: <T extends ArrayBufferView>(view: T): T => {
      new Uint8Array(view.buffer, view.byteOffset, view.byteLength).set(randomBytes(random, view.byteLength));
      return view;
    },
  };
  return {
    ...nodeCrypto,
    createHash,
    createHmac,
    ...seeded,
    webcrypto: { subtle: nodeCrypto.webcrypto.subtle, ...seeded },
  };
}

/** Shared SDK settings of the machine must not leak into a function, and reading them would take real time. */
function seclude(realFs: object): object {
  const missing = (path: unknown): Error =>
    Object.assign(new Error(`ENOENT: no such file or directory, open '${String(path)}'`), { code: 'ENOENT' });
  const readFile = (path: unknown) => Promise.reject(missing(path));
  const readFileSync = (path: unknown) => {
    throw missing(path);
  };
  return { ...realFs, readFile, readFileSync, promises: { ...(Reflect.get(realFs, 'promises') as object), readFile } };
}

const offlineModules = new Set(['net', 'tls', 'http2', 'dgram', 'dns', 'child_process', 'cluster', 'worker_threads']);

/** A module whose every function refuses: functions of the sandbox reach the account and nothing else. */
function offline(name: string): object {
  const refuse = (): never => {
    throw new Error(`a function in the sandbox may not use ${name}: it reaches nothing but its account`);
  };
  const real = realRequire(`node:${name}`) as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(real).map(([key, value]) => [key, typeof value === 'function' ? refuse : value]),
  );
}

function virtualRequire(parts: ProcessParts, shadows: Partial<Shadows>, timers: ReturnType<typeof virtualTimers>) {
  const console = { ...nodeConsole, default: shadows.console };
  const http = httpStub(parts.transport);
  const substitutes: Readonly<Record<string, () => unknown>> = {
    http: () => http,
    https: () => http,
    process: () => shadows.process,
    console: () => console,
    crypto: () => shadows.crypto,
    timers: () => ({ ...(realRequire('node:timers') as object), ...timers }),
    'timers/promises': () => timers.promises,
    perf_hooks: () => ({ ...(realRequire('node:perf_hooks') as object), performance: shadows.performance }),
    fs: () => seclude(realRequire('node:fs') as object),
    'fs/promises': () => Reflect.get(seclude(realRequire('node:fs') as object), 'promises') as unknown,
  };
  return (id: string): unknown => {
    const name = id.replace(/^node:/, '');
    const substitute = substitutes[name];
    if (substitute) return substitute();
    if (offlineModules.has(name)) return offline(name);
    if (isBuiltin(id)) return realRequire(id);
    throw Object.assign(new Error(`cannot find module '${id}': the bundle must contain it`), {
      code: 'MODULE_NOT_FOUND',
    });
  };
}

/** Everything that a bundle sees as global, made for one process. */
export function processGlobals(parts: ProcessParts, module: { exports: unknown }): Shadows {
  const timers = virtualTimers(parts.timers);
  const process = virtualProcess(parts);
  const crypto = seededCrypto(parts.random);
  const plain = {
    process,
    crypto,
    console: new nodeConsole.Console({ stdout: process.stdout, stderr: process.stderr }),
    performance: virtualPerformance(() => parts.now()),
    fetch: undefined,
    Date: virtualDate(() => parts.now()),
    Math: virtualMath(parts.random),
    setTimeout: timers.setTimeout,
    setInterval: timers.setInterval,
    clearTimeout: timers.clearTimeout,
    clearInterval: timers.clearInterval,
    setImmediate: timers.setImmediate,
    clearImmediate: timers.clearImmediate,
  };
  const global = virtualGlobal(plain);
  return {
    ...plain,
    global,
    globalThis: global,
    module,
    exports: module.exports,
    require: virtualRequire(parts, plain, timers),
    __filename: parts.filename,
    __dirname: parts.filename.slice(0, parts.filename.lastIndexOf('/')),
  };
}
