import { describe, test } from '@jest/globals';

/** A test of what Windows does not have: signals that can be caught, permission bits. */
export function testOnPosix(name: string, run: () => unknown): void {
  if (process.platform !== 'win32') test(name, async () => await run());
}

/** The same for a whole block, such as all about a shell script. */
export function describeOnPosix(name: string, body: () => void): void {
  const isPosix = process.platform !== 'win32';
  describe(name, isPosix ? body : () => test.skip('skipped: Windows has no sh', () => undefined));
}

/** For what looks at other processes through /proc. */
export function describeOnLinux(name: string, body: () => void): void {
  const isLinux = process.platform === 'linux';
  describe(name, isLinux ? body : () => test.skip('skipped: there is no /proc here', () => undefined));
}
