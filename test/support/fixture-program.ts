import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The path of a program in test/fixtures/programs. */
export function fixtureProgram(name: string): string {
  return join(process.cwd(), 'test/fixtures/programs', name);
}

/** Whether a process lives; one that is dead but has not been waited for does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch {
    return false;
  }
}

function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false;
  return / Z /.test(readFileSync(`/proc/${pid}/stat`, 'latin1').replace(/^.*\)/, ''));
}
