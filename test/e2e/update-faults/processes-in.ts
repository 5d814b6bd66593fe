import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';

export interface Found {
  readonly pid: number;
  readonly argv: readonly string[];
}

/** The processes whose arguments or working folder name `dir`, as /proc shows them. */
export function processesIn(dir: string): Found[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      const argv = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      const isIn = argv.some((arg) => arg.includes(dir)) || readlinkSync(`/proc/${pid}/cwd`).startsWith(dir);
      return isIn && pid !== String(process.pid) ? [{ pid: Number(pid), argv }] : [];
    } catch {
      return []; // it has ended meanwhile
    }
  });
}

/** Whether it is our executable, whatever it does. */
export function isAgent({ argv: [program = ''] }: Found): boolean {
  return basename(program).startsWith('commander-agent');
}

export function killAll(found: readonly Found[]): void {
  for (const { pid } of found) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // it has ended meanwhile
    }
  }
}

const TICKS_PER_SECOND = 100;

/** Zero for what has ended meanwhile. */
export function processorSecondsOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [user = '0', system = '0'] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13);
    return (Number(user) + Number(system)) / TICKS_PER_SECOND;
  } catch {
    return 0;
  }
}
