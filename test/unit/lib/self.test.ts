import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { Self } from '../../../src/lib/self.ts';

/** Runs a script that imports the module and prints what it says of itself. */
function askAs(args: readonly string[]): Self {
  const script = join(process.cwd(), 'test', 'fixtures', 'programs', 'print-self.mjs');
  return JSON.parse(execFileSync(process.execPath, [script, ...args], { encoding: 'utf8' })) as Self;
}

test('run from source, it is node with a script and has no assets; the arguments are what comes after', () => {
  expect(askAs(['run', '--state-dir', 'x y'])).toEqual({
    executablePath: process.execPath,
    leadingArgs: [expect.stringMatching(/print-self\.mjs$/)],
    argv: ['run', '--state-dir', 'x y'],
    packed: false,
  });
});
