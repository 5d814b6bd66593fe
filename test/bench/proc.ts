import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/** What the kernel has counted for a process so far. Linux only. */
export interface ProcessCounters {
  cpuMs: number;
  /** How often one of its threads began to wait, and so had to be woken again. */
  waits: number;
}

/** Memory of a process now. Linux only. */
export interface ProcessMemory {
  rssMiB: number;
  privateDirtyMiB: number;
}

export function readCounters(pid: number): ProcessCounters {
  const threads = readdirSync(`/proc/${pid}/task`).map((tid) => `/proc/${pid}/task/${tid}`);
  return {
    cpuMs: sum(threads.map((dir) => Number(read(`${dir}/schedstat`).split(' ')[0]) / 1e6)),
    waits: sum(threads.map((dir) => fieldOf(read(`${dir}/status`), 'voluntary_ctxt_switches'))),
  };
}

export function readMemory(pid: number): ProcessMemory {
  const rollup = read(`/proc/${pid}/smaps_rollup`);
  const mebibytes = (field: string): number => fieldOf(rollup, field) / 1024; // the kernel's kB are KiB
  return { rssMiB: mebibytes('Rss'), privateDirtyMiB: mebibytes('Private_Dirty') };
}

/**
 * Empties the page cache, without which RSS tells how recently a binary was written rather than what a process needs.
 * Returns whether it could; only root may.
 */
export function dropPageCache(): boolean {
  try {
    execFileSync('sync'); // pages that are not on disk yet would stay
    writeFileSync('/proc/sys/vm/drop_caches', '3');
    return true;
  } catch {
    return false;
  }
}

/** `Name:   123 kB` of a /proc file, as a number. */
export function fieldOf(text: string, name: string): number {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${name}:`));
  if (line === undefined) throw new Error(`Cannot find "${name}" in what the kernel says of the process`);
  return Number.parseInt(line.slice(name.length + 1), 10);
}

function read(path: string): string {
  return readFileSync(path, 'utf8');
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
