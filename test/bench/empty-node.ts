import { execFileSync } from 'node:child_process';

/** Milliseconds that an empty Node takes, start to end: no program that is one starts faster. */
export function timeEmptyNode(): number {
  const startedAt = performance.now();
  execFileSync(process.execPath, ['--eval', '0']);
  return performance.now() - startedAt;
}
