import { expect, test } from '@jest/globals';
import type { ReleasePlatform } from '../../../../src/protocol/schemas/releases.ts';
import type { TargetFiles } from '../../../../src/server/releases/next-metadata.ts';
import {
  hashesIn,
  releasesIn,
  targetsOf,
  versionsIn,
} from '../../../../src/server/releases/release-targets.ts';

const NOTE = { publishedAt: '2026-11-23T08:00:00.000Z', publishedBy: 'grace' };

test('a release is two targets: the executable, with who published it, and its block map', () => {
  expect(
    targetsOf(release('1.1.0', 'win-x64'), NOTE).map((target) => [target.path, target.toJSON()]),
  ).toEqual([
    [
      '1.1.0/win-x64/commander-agent.exe',
      { length: 5, hashes: { sha256: 'e' }, custom: { version: '1.1.0', platform: 'win-x64', ...NOTE } },
    ],
    [
      '1.1.0/win-x64/blocks.json',
      { length: 3, hashes: { sha256: 'b' }, custom: { version: '1.1.0', platform: 'win-x64' } },
    ],
  ]);
});

test('releases are found among the targets, the newest version first', () => {
  const targets = targetsFor([
    ['1.9.0', 'win-x64'],
    ['1.10.0', 'linux-x64'],
    ['1.10.0', 'linux-arm64'],
    ['1.10.0-beta.1', 'linux-x64'],
  ]);
  expect(releasesIn(targets).map(({ version, platform }) => `${version} ${platform}`)).toEqual([
    '1.10.0 linux-arm64',
    '1.10.0 linux-x64',
    '1.10.0-beta.1 linux-x64',
    '1.9.0 win-x64',
  ]);
  expect(versionsIn(targets)).toEqual(['1.10.0', '1.10.0-beta.1', '1.9.0']);
  expect(hashesIn(targetsFor([['1.9.0', 'win-x64']]))).toEqual(['e', 'b']);
});

test('what says nothing of who published it is no release', () => {
  const [executable] = targetsOf(release('1.1.0', 'linux-x64'), {} as typeof NOTE);
  expect(releasesIn({ executable } as TargetFiles)).toEqual([]);
});

function targetsFor(releases: readonly (readonly [string, ReleasePlatform])[]): TargetFiles {
  const targets = releases.flatMap(([version, platform]) => targetsOf(release(version, platform), NOTE));
  return Object.fromEntries(targets.map((target) => [target.path, target]));
}

function release(version: string, platform: ReleasePlatform): Parameters<typeof targetsOf>[0] {
  return { version, platform, size: 5, sha256: 'e', blocks: { size: 3, sha256: 'b' } };
}
