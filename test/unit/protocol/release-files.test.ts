import { TargetFile } from '@tufjs/models';
import { expect, test } from '@jest/globals';
import { releaseFilesIn } from '../../../src/protocol/release-files.ts';

test('executables are found among the targets by what is signed with them; block maps and others are left out', () => {
  const note = { publishedAt: '2026-11-23T08:00:00.000Z', publishedBy: 'grace' };
  const release = { version: '1.1.0', platform: 'linux-x64' };
  const targets = {
    a: target('a', { ...release, ...note }),
    b: target('b', release),
    c: target('c', { ...note, version: 'latest', platform: 'linux-x64' }),
  };
  expect(releaseFilesIn(targets)).toEqual([{ ...release, ...note, size: 7, sha256: 'a'.repeat(64) }]);
});

function target(path: string, custom: Record<string, string>): TargetFile {
  return new TargetFile({
    path,
    length: 7,
    hashes: { sha256: 'a'.repeat(64) },
    unrecognizedFields: { custom },
  });
}
