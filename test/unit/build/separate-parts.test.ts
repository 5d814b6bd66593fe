import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { bundle } from '../../../build/bundle.ts';

const FILES = {
  'package.json': '{ "type": "module" }',
  'main.ts': `
    import { always } from 'always';
    import { local } from './local.ts';
    async function main(): Promise<void> {
      const { default: modern, named } = await import('modern');
      const { default: classic, other } = await import('@scope/classic');
      console.log(JSON.stringify([always, local, modern(), named, classic(), other]));
    }
    void main();`,
  'local.ts': `export const local = 'local';`,
  'node_modules/always/package.json': '{ "type": "module", "exports": "./index.js" }',
  'node_modules/always/index.js': `export const always = 'needed at once';`,
  'node_modules/modern/package.json': '{ "type": "module", "exports": "./index.js" }',
  'node_modules/modern/index.js': `
    import { join } from 'node:path';
    export default () => join('a', 'modern default');
    export const named = 'modern name';`,
  'node_modules/@scope/classic/package.json': '{ "main": "index.js" }',
  'node_modules/@scope/classic/index.js': `
    module.exports = () => 'classic default';
    module.exports.other = 'classic name';`,
};

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'parts-'));
  for (const [path, text] of Object.entries(FILES)) {
    mkdirSync(dirname(join(dir, 'src', path)), { recursive: true });
    writeFileSync(join(dir, 'src', path), text);
  }
});
afterEach(() => rmSync(dir, { recursive: true }));

test('packages that are imported later lie in files of their own', async () => {
  const { path, partPaths } = await bundleMain();

  const names = partPaths.map((partPath) => readFileSync(partPath, 'utf8').match(/(\w+) default/)?.[1]);
  expect(partPaths).toEqual(
    ['main.modern.cjs', 'main.scope-classic.cjs'].map((name) => join(dirname(path), name)),
  );
  expect(names).toEqual(['modern', 'classic']);
  expect(readFileSync(path, 'utf8')).not.toMatch(/(modern|classic) default/);
  expect(readFileSync(path, 'utf8')).toContain('needed at once');
});

test('ES modules and CommonJS ones look the same as if they had been imported in place', async () => {
  const { path } = await bundleMain();
  const aloneDir = join(dir, 'alone');
  cpSync(dirname(path), aloneDir, { recursive: true });
  rmSync(join(dir, 'src'), { recursive: true });

  const output = execFileSync(process.execPath, [join(aloneDir, 'main.cjs')], { encoding: 'utf8' });

  expect(JSON.parse(output)).toEqual([
    'needed at once',
    'local',
    join('a', 'modern default'),
    'modern name',
    'classic default',
    'classic name',
  ]);
});

async function bundleMain() {
  return await bundle({
    rootDir: join(dir, 'src'),
    entryPath: 'main.ts',
    outPath: 'out/main.cjs',
    version: '1.2.3',
    commit: 'abc',
  });
}
