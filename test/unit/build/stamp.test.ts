import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { hashInputs } from '../../../build/stamp.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'stamp-'));
  write('src/bin/a.ts', 'a');
  write('build/pack.ts', 'b');
  write('package-lock.json', '{}');
});
afterEach(() => rmSync(dir, { recursive: true }));

test('the same inputs have the same hash, wherever they lie', () => {
  cpSync(join(dir, 'here'), join(dir, 'there'), { recursive: true });

  expect(hashInputs(join(dir, 'there'))).toBe(hashInputs(join(dir, 'here')));
});

test.each([
  ['a changed source', 'src/bin/a.ts', 'A'],
  ['a new source', 'src/lib/new.ts', ''],
  ['a changed build script', 'build/pack.ts', 'B'],
  ['another icon', 'build/installers/icon/drawing.ts', 'x'],
  ['another lock file', 'package-lock.json', '{ }'],
])('%s changes the hash', (_name, path, content) => {
  const before = hashInputs(join(dir, 'here'));
  write(path, content);

  expect(hashInputs(join(dir, 'here'))).not.toBe(before);
});

test('what is not packed does not change the hash', () => {
  const before = hashInputs(join(dir, 'here'));
  write('test/unit/a.test.ts', 'x');
  write('build/installers/linux/deb.ts', 'x');
  write('README.md', 'x');

  expect(hashInputs(join(dir, 'here'))).toBe(before);
});

function write(path: string, content: string): void {
  mkdirSync(dirname(join(dir, 'here', path)), { recursive: true });
  writeFileSync(join(dir, 'here', path), content);
}
