import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

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

export function killAll(found: readonly Found[]): void {
  for (const { pid } of found) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // it has ended meanwhile
    }
  }
}
