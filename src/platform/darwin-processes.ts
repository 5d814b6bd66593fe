import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { TreeMark } from './platform.ts';
import type { ProcessInfo } from './tree-members.ts';

/** With -E, ps shows each process's environment behind its command, where the system lets us see it. */
const PS_ARGS = ['-A', '-E', '-ww', '-o', 'pid=,ppid=,pgid=,state=,lstart=,command='];
const MAX_LISTING_BYTES = 64 * 1024 ** 2;

/** What `darwinIdentity` tells, told by a shell of itself. */
export const DARWIN_BIRTH = birthOf('$$');

const PS_LINE =
  /^\s*(?<pid>\d+)\s+(?<parentPid>\d+)\s+(?<groupID>\d+)\s+(?<state>\S+)\s+(?<start>\w{3} +\w{3} +\d+ +[\d:]+ +\d{4})\s(?<command>.*)$/;

export async function listDarwinProcesses(mark: TreeMark): Promise<ProcessInfo[]> {
  const { stdout } = await promisify(execFile)('/bin/ps', PS_ARGS, {
    env: { LC_ALL: 'C' },
    maxBuffer: MAX_LISTING_BYTES,
  });
  return parsePs(stdout, mark);
}

/** The living processes of a listing; start times are whole seconds, in milliseconds since the epoch. */
export function parsePs(listing: string, { name, value }: TreeMark): ProcessInfo[] {
  return listing.split('\n').flatMap((line) => {
    const found = PS_LINE.exec(line)?.groups;
    if (found === undefined || found['state']?.startsWith('Z') === true) return [];
    return {
      pid: Number(found['pid']),
      parentPid: Number(found['parentPid']),
      groupID: Number(found['groupID']),
      startedAt: Date.parse(found['start'] ?? ''),
      marked: `${found['command'] ?? ''} `.includes(` ${name}=${value} `),
    };
  });
}

/** Process ID, boot and start time, alike however told; the dead that nobody has waited for yet have none. */
export async function darwinIdentity(pid: number): Promise<string | undefined> {
  try {
    const script = `case $(/bin/ps -p ${pid} -o state=) in Z*) exit 1 ;; esac; ${birthOf(String(pid))}`;
    const { stdout } = await promisify(execFile)('/bin/sh', ['-c', script]);
    return `${pid} ${stdout.trim().replace(/\s+/g, ' ')}`;
  } catch {
    return undefined; // ps fails when there is no such process
  }
}

function birthOf(pid: string): string {
  return `/usr/sbin/sysctl -n kern.bootsessionuuid && TZ=UTC0 LC_ALL=C /bin/ps -p ${pid} -o lstart=`;
}
