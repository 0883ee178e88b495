import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { run } from '../processes.ts';

/** Addresses a process group listens on for TCP, as `127.0.0.1:4566`, read from the kernel (Linux) or from lsof. */
export async function listeningAddresses(group: number | undefined): Promise<string[]> {
  if (group === undefined) return [];
  return process.platform === 'linux' ? fromKernel(group) : await fromLsof(group);
}

function fromKernel(group: number): string[] {
  const sockets = new Set(processesOf(group).flatMap(socketsOf));
  return ['tcp', 'tcp6'].flatMap((table) => {
    const rows = readFileSync(`/proc/net/${table}`, 'utf8').trimEnd().split('\n').slice(1);
    return rows.flatMap((row) => {
      const [, local = '', , state, , , , , , inode = ''] = row.trim().split(/\s+/);
      return state === listenState && sockets.has(inode) ? [readableAddress(local)] : [];
    });
  });
}

/** TCP_LISTEN of the kernel's socket states. */
const listenState = '0A';

function processesOf(group: number): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    const stat = orUndefined(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
    // After the command's name in parentheses: state, parent, process group.
    return Number(stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[2]) === group;
  });
}

function socketsOf(pid: string): string[] {
  const descriptors = orUndefined(() => readdirSync(`/proc/${pid}/fd`)) ?? [];
  return descriptors.flatMap((fd) => {
    const inode = /^socket:\[(\d+)\]$/.exec(orUndefined(() => readlinkSync(`/proc/${pid}/fd/${fd}`)) ?? '')?.[1];
    return inode === undefined ? [] : [inode];
  });
}

/** `0100007F:11EF` is 127.0.0.1:4591: the address is written in the byte order of the machine, the port is not. */
function readableAddress(hex: string): string {
  const [address = '', port = ''] = hex.split(':');
  const bytes = (address.match(/../g) ?? []).map((byte) => parseInt(byte, 16));
  const host = bytes.length === 4 ? bytes.toReversed().join('.') : `[${address}]`;
  return `${host}:${parseInt(port, 16)}`;
}

async function fromLsof(group: number): Promise<string[]> {
  const args = ['-nP', '-a', '-g', `${group}`, '-iTCP', '-sTCP:LISTEN', '-Fn'];
  const text = await run({ file: 'lsof', args, env: { PATH: process.env.PATH ?? '' } });
  return text.split('\n').flatMap((line) => (line.startsWith('n') ? [line.slice(1)] : []));
}

/** Processes come and go while we look. */
function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
