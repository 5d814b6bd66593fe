import type { ReleaseTarget } from './schemas/releases.ts';

/** Where TUF's targets metadata names the executable of a release. */
export function executableTargetPath({ version, platform }: ReleaseTarget): string {
  return `${version}/${platform}/commander-agent${platform.startsWith('win-') ? '.exe' : ''}`;
}

/** Where it names the block map of that executable, as JSON. */
export function blocksTargetPath({ version, platform }: ReleaseTarget): string {
  return `${version}/${platform}/blocks.json`;
}
