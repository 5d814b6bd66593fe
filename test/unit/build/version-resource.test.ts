import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { NtExecutable, NtExecutableResource, Resource } from 'resedit';
import { writeVersionResource } from '../../../build/version-resource.ts';

const ENGLISH = { lang: 1033, codepage: 1200 };
const FIELDS = { productName: 'Commander', description: 'An agent', fileName: 'agent.exe' };

let dir: string;
beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), 'version-'))));
afterEach(() => rmSync(dir, { recursive: true }));

test.each([
  ['1.22.3', '1.22.3.0'],
  ['2.0.0-beta.4', '2.0.0.0'],
])('version %s becomes %s in file and product version', (version, numbers) => {
  const info = rewrite(executableOf('Node.js'), version);

  expect(info.getStringValues(ENGLISH)).toEqual({
    FileDescription: 'An agent',
    ProductName: 'Commander',
    OriginalFilename: 'agent.exe',
    InternalName: 'agent.exe',
    FileVersion: numbers,
    ProductVersion: numbers,
  });
});

test('nothing is left of what the runtime said of itself, in any language', () => {
  const info = rewrite(executableOf('Node.js'), '1.0.0');

  expect(JSON.stringify(info)).not.toContain('Node.js');
  expect(info.getAllLanguagesForStringValues()).toEqual([ENGLISH]);
});

test('an executable without a version gets one', () => {
  const info = rewrite(Buffer.from(NtExecutable.createEmpty().generate()), '1.0.0');
  expect(info.getStringValues(ENGLISH)['FileVersion']).toBe('1.0.0.0');
});

function rewrite(executable: Buffer, version: string): Resource.VersionInfo {
  const [fromPath, toPath] = [join(dir, 'from.exe'), join(dir, 'to.exe')];
  writeFileSync(fromPath, executable);
  writeVersionResource(fromPath, toPath, { version, ...FIELDS });
  const resources = NtExecutableResource.from(NtExecutable.from(readFileSync(toPath)));
  const all = Resource.VersionInfo.fromEntries(resources.entries);
  expect(all).toHaveLength(1);
  return all[0] as Resource.VersionInfo;
}

function executableOf(productName: string): Buffer {
  const executable = NtExecutable.createEmpty();
  const resources = NtExecutableResource.from(executable);
  const info = Resource.VersionInfo.createEmpty();
  info.lang = ENGLISH.lang;
  info.setStringValues(ENGLISH, { ProductName: productName, Comments: productName });
  info.setStringValues({ lang: 1031, codepage: 1200 }, { ProductName: productName });
  info.outputToResourceEntries(resources.entries);
  resources.outputResource(executable);
  return Buffer.from(executable.generate());
}
