import { readFileSync, readdirSync } from 'node:fs';
import { posix } from 'node:path';
import type { TreeMark } from './platform.ts';
import type { ProcessInfo } from './tree-members.ts';

/** Process IDs are given out in order; so soon after a process they cannot have been all the way round. */
const NO_WRAP_MS = 2_000;

export interface ListOptions {
  readonly procDir: string;
  readonly mark: TreeMark;
  /** A process, started `agoMs` ago, whose descendants are all that is wanted. */
  readonly after?: { readonly pid: number; readonly agoMs: number };
}

/** The living processes, read from /proc: the dead that nobody has waited for yet are left out. */
export function listLinuxProcesses(options: ListOptions): ProcessInfo[] {
  return candidates(options)
    .map((pid) => readProcess(pid, options))
    .filter((process) => process !== undefined);
}

/** Reading all of /proc takes milliseconds, for each job; soon after its start only what came after it can belong to it. */
function candidates({ procDir, after }: ListOptions): number[] {
  const pids = readdirSync(procDir).map(Number).filter(Number.isInteger);
  if (after === undefined || after.agoMs > NO_WRAP_MS || lastPid(procDir) < after.pid) return pids;
  return pids.filter((pid) => pid >= after.pid);
}

/** The ID given out last, which is the fifth field of /proc/loadavg. */
function lastPid(procDir: string): number {
  return Number(readFileSync(posix.join(procDir, 'loadavg'), 'utf8').trim().split(' ').at(-1));
}

function readProcess(pid: number, { procDir, mark }: ListOptions): ProcessInfo | undefined {
  try {
    const process = parseStat(readFileSync(posix.join(procDir, String(pid), 'stat'), 'latin1'));
    if (process === undefined) return undefined;
    return { ...process, marked: hasMark(posix.join(procDir, String(pid), 'environ'), mark) };
  } catch {
    return undefined; // it ended while it was being read
  }
}

/** When a process was started, in the kernel's ticks since boot; undefined when there is none. */
export function linuxStartTime(procDir: string, pid: number): number | undefined {
  try {
    return startField(fields(readFileSync(posix.join(procDir, String(pid), 'stat'), 'latin1')));
  } catch {
    return undefined; // it is gone
  }
}

/** Process ID, boot and start time: IDs are used again, but not in the same tick of the same boot. */
export function linuxIdentity(procDir: string, pid: number): string | undefined {
  try {
    const process = parseStat(readFileSync(posix.join(procDir, String(pid), 'stat'), 'latin1'));
    if (process === undefined) return undefined;
    const bootID = readFileSync(posix.join(procDir, 'sys/kernel/random/boot_id'), 'utf8').trim();
    return `${pid} ${bootID} ${process.startedAt}`;
  } catch {
    return undefined; // it is gone
  }
}

/** One process from the text of its /proc/PID/stat (proc_pid_stat(5)); undefined when it is dead. */
export function parseStat(stat: string): Omit<ProcessInfo, 'marked'> | undefined {
  const rest = fields(stat);
  const [state, parentPid, groupID] = rest;
  if (state === 'Z' || state === 'X') return undefined;
  return {
    pid: parseInt(stat, 10),
    parentPid: Number(parentPid),
    groupID: Number(groupID),
    startedAt: startField(rest),
  };
}

/** The fields from the third on; the second, the program's name, may itself hold spaces and parentheses. */
function fields(stat: string): string[] {
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

function startField(fieldsFromThird: readonly string[]): number {
  return Number(fieldsFromThird[22 - 3]);
}

/** The environment a process was started with; what it may have set since does not show, which is what a mark needs. */
function hasMark(environPath: string, { name, value }: TreeMark): boolean {
  try {
    return `\0${readFileSync(environPath, 'utf8')}`.includes(`\0${name}=${value}\0`);
  } catch {
    return false; // another user's, so none that we could have started; or gone
  }
}
