import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { bundle, type Bundle } from '../../../build/bundle.ts';

const SOURCES = {
  'main.ts': `
    import { greeting } from './eager.ts';
    declare const __VERSION__: string;
    declare const __COMMIT__: string;
    async function main(): Promise<void> {
      const before = globalThis.loaded ?? 'not loaded';
      const { answer } = await import('./lazy.ts');
      console.log(JSON.stringify([__VERSION__, __COMMIT__, greeting, before, globalThis.loaded, answer]));
    }
    void main();`,
  'eager.ts': `
    export const greeting = 'hello ✓';
    export const unused = 'never asked for';`,
  'lazy.ts': `
    globalThis.loaded = 'loaded';
    export const answer = 42;`,
};

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'bundle-'));
  mkdirSync(join(dir, 'here'));
  for (const [name, text] of Object.entries(SOURCES)) writeFileSync(join(dir, 'here', name), text);
});
afterEach(() => rmSync(dir, { recursive: true }));

test('one file holds everything, and lazy imports stay lazy in it', async () => {
  const { path } = await bundleIn('here');
  const alonePath = join(dir, 'alone.cjs');
  cpSync(path, alonePath);

  const output = execFileSync(process.execPath, [alonePath], { encoding: 'utf8' });

  expect(JSON.parse(output)).toEqual(['1.2.3', 'abc', 'hello ✓', 'not loaded', 'loaded', 42]);
});

test('what nobody uses is left out', async () => {
  const { path } = await bundleIn('here');
  expect(readFileSync(path, 'utf8')).not.toContain('never asked for');
});

test('the bundle is ASCII, which V8 holds in half the memory', async () => {
  const { path } = await bundleIn('here');
  expect(readFileSync(path, 'latin1')).toMatch(/^[\0-\x7f]*$/);
});

test('the bytes do not depend on where they are made, and name no folder of this machine', async () => {
  cpSync(join(dir, 'here'), join(dir, 'there', 'deeper'), { recursive: true });

  const text = readFileSync((await bundleIn('here')).path, 'utf8');

  expect(readFileSync((await bundleIn('there/deeper')).path, 'utf8')).toBe(text);
  expect(text).not.toContain(dir);
});

test('the source map lies beside the bundle, which does not mention it', async () => {
  const { path, bytes } = await bundleIn('here');

  expect(existsSync(`${path}.map`)).toBe(true);
  expect(readFileSync(path, 'utf8')).not.toContain('sourceMappingURL');
  expect(bytes).toBe(readFileSync(path).length);
});

function bundleIn(folder: string): Promise<Bundle> {
  const rootDir = join(dir, folder);
  return bundle({ rootDir, entryPath: 'main.ts', outPath: 'out/main.cjs', version: '1.2.3', commit: 'abc' });
}
