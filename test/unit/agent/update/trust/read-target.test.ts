import { expect, test } from '@jest/globals';
import { TargetFile } from '@tufjs/models';
import { readTarget } from '../../../../../src/agent/update/trust/read-target.ts';

const RELEASE = { version: '1.1.0', platform: 'linux-x64' } as const;
const sha256 = 'a'.repeat(64);

function targetOf(custom: object, hashes: Record<string, string> = { sha256 }): TargetFile {
  return new TargetFile({ path: 'p', length: 7, hashes, unrecognizedFields: { custom: { ...custom } } });
}

test('a target is read as its size and hash', () => {
  expect(readTarget(targetOf(RELEASE), RELEASE)).toEqual({ size: 7, sha256 });
  expect(readTarget(undefined, RELEASE)).toBeUndefined();
});

test.each([
  ['another version', targetOf({ ...RELEASE, version: '1.0.0' })],
  ['another platform', targetOf({ ...RELEASE, platform: 'win-x64' })],
  ['nothing', targetOf({})],
  ['no SHA-256', targetOf(RELEASE, { sha512: 'a'.repeat(128) })],
  ['a SHA-256 that is a path', targetOf(RELEASE, { sha256: '../../admin' })],
])('a target that is signed with %s is not believed', (_, target) => {
  expect(() => readTarget(target, RELEASE)).toThrow(expect.objectContaining({ code: 'RELEASE_UNTRUSTED' }));
});
