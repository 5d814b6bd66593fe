import { chmodSync } from 'node:fs';
import { makePrivateDir as makeMissingDirs } from '../lib/make-private-dir.ts';
import { findProgram } from '../lib/process/find-program.ts';
import type { Platform } from './platform.ts';

/** For environments that have no PATH at all. */
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** What Linux and macOS have in common. */
export const posixBasics = {
  ownGroup: { detached: true, windowsHide: false },
  essentialEnvironment: [
    'PATH',
    'HOME',
    'USER',
    'LOGNAME',
    'SHELL',
    'LANG',
    'LC_ALL',
    'LC_CTYPE',
    'TZ',
    'TMPDIR',
  ],
  isReservedName: () => false,
  makePrivateDir,
  findProgram: (program, environment) =>
    findProgram(program, { path: environment['PATH'] ?? DEFAULT_PATH, windows: false }),
} satisfies Partial<Platform>;

function makePrivateDir(dir: string): void {
  makeMissingDirs(dir);
  chmodSync(dir, 0o700); // one that was there already may be open to others
}
