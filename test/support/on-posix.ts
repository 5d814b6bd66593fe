import { test } from '@jest/globals';

/** A test of what Windows does not have: signals that can be caught, permission bits. */
export function testOnPosix(name: string, run: () => unknown): void {
  if (process.platform !== 'win32') test(name, async () => await run());
}
