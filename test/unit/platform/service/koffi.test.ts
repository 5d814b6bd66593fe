import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '@jest/globals';
import { koffiPath } from '../../../../src/platform/service/koffi.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();
const PACKED = Buffer.from('native code');

function places(packed?: Buffer): Parameters<typeof koffiPath>[0] & { nativeDir: string } {
  const dir = makeTempDir(onEnd);
  const nativeDir = join(dir, 'state', 'native');
  return {
    executablePath: join(dir, 'agent.exe'),
    nativeDir,
    makeNativeDir: () => {
      mkdirSync(nativeDir, { recursive: true });
      return nativeDir;
    },
    packedAsset: (name) => (name === 'koffi.node' ? packed : undefined),
  };
}

test('what an installer has put beside the executable is taken, and nothing unpacked', () => {
  const where = places(PACKED);
  const installed = join(dirname(where.executablePath), 'koffi.node');
  writeFileSync(installed, 'signed');
  expect(koffiPath(where)).toBe(installed);
  expect(existsSync(where.nativeDir)).toBe(false);
});

test.each([
  ['a lone executable unpacks its own', undefined],
  ['what another version has unpacked is replaced', 'older code'],
])('%s', (_, before) => {
  const where = places(PACKED);
  if (before !== undefined) writeFileSync(join(where.makeNativeDir(), 'koffi.node'), before);
  const path = koffiPath(where);
  expect(path).toBe(join(where.nativeDir, 'koffi.node'));
  expect(readFileSync(path)).toEqual(PACKED);
});

test('without either there is no service', () => {
  expect(() => koffiPath(places())).toThrow('There is no "koffi.node" in this executable, nor beside it');
});
