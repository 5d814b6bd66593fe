import { TargetFile } from '@tufjs/models';
import { compareVersions } from '../../lib/compare-versions.ts';
import { blocksTargetPath, executableTargetPath } from '../../protocol/release-paths.ts';
import { validateReleaseNote } from '../../protocol/generated/releases.js';
import type { ReleaseFile, StagedRelease } from '../../protocol/schemas/releases.ts';
import type { TargetFiles } from './next-metadata.ts';

/** A file as TUF knows one. */
export interface Content {
  readonly sha256: string;
  readonly size: number;
}

export interface NewRelease extends StagedRelease {
  readonly blocks: Content;
}

/** The two targets of a release. Who published it and when is signed with it. */
export function targetsOf(
  release: NewRelease,
  note: Pick<ReleaseFile, 'publishedAt' | 'publishedBy'>,
): TargetFile[] {
  const { version, platform, blocks } = release;
  return [
    target(executableTargetPath(release), release, { version, platform, ...note }),
    target(blocksTargetPath(release), blocks, { version, platform }),
  ];
}

/** The executables among the targets, newest version first. */
export function releasesIn(targets: TargetFiles): ReleaseFile[] {
  const releases = Object.values(targets).flatMap(({ length, hashes, custom }) =>
    validateReleaseNote(custom) ? [{ ...custom, size: length, sha256: hashes['sha256'] ?? '' }] : [],
  );
  return releases.sort(
    (a, b) => compareVersions(b.version, a.version) || a.platform.localeCompare(b.platform),
  );
}

export function versionsIn(targets: TargetFiles): string[] {
  return [...new Set(releasesIn(targets).map(({ version }) => version))];
}

export function hashesIn(targets: TargetFiles): string[] {
  return Object.values(targets).map(({ hashes }) => hashes['sha256'] ?? '');
}

function target(path: string, { sha256, size }: Content, custom: Record<string, string>): TargetFile {
  return new TargetFile({ path, length: size, hashes: { sha256 }, unrecognizedFields: { custom } });
}
