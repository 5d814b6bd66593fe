import type { TargetFile } from 'tuf-js';
import { AppError } from '../../../lib/errors.ts';
import { validateReleaseTarget } from '../../../protocol/generated/releases.js';
import type { ReleaseTarget } from '../../../protocol/schemas/releases.ts';

/** A file whose hash the release keys have signed. */
export interface SignedFile {
  readonly size: number;
  readonly sha256: string;
}

/**
 * What the signed list says of a file; undefined when it is not in there.
 * @throws AppError RELEASE_UNTRUSTED when it is there as that of another release, or without a SHA-256
 */
export function readTarget(target: TargetFile | undefined, release: ReleaseTarget): SignedFile | undefined {
  if (target === undefined) return undefined;
  const { path, length, custom, hashes } = target;
  const isOfRelease =
    validateReleaseTarget(custom) &&
    custom.version === release.version &&
    custom.platform === release.platform;
  if (!isOfRelease) throw untrusted(`"${path}" is signed as something else than its path says`);
  const { sha256 = '' } = hashes;
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw untrusted(`"${path}" is signed without its SHA-256`);
  return { size: length, sha256 };
}

function untrusted(message: string): AppError {
  return new AppError('RELEASE_UNTRUSTED', `Release target ${message}`);
}
