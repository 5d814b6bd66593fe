import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Cleanup } from './cleanup.ts';

/** Makes a folder that is gone when the test has ended: `makeTempDir(onEnd)` with what `useCleanup` gave. */
export function makeTempDir(onEnd: (cleanup: Cleanup) => void): string {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), 'commander-test-')));
  onEnd(() => rmSync(dir, { recursive: true, force: true, maxRetries: 5 }));
  return dir;
}
