import type { ReleasePlatform } from '../../protocol/schemas/releases.ts';

export interface VersionWanted {
  readonly version: string;
  readonly platform: ReleasePlatform;
  /** Where the executable is to be; its folder exists. What an interrupted attempt left beside it is gone on from. */
  readonly targetPath: string;
  /** Executables that may have blocks in common with it: the installed one, the running one, other versions. */
  readonly similar: readonly string[];
  readonly onProgress?: (progress: ObtainProgress) => void;
  readonly signal: AbortSignal;
}

export interface ObtainProgress {
  /** Of the executable. */
  readonly size: number;
  /** Bytes that were here already. */
  readonly reused: number;
  /** Bytes that are to come over the network, all in all, and those that have. */
  readonly toFetch: number;
  readonly fetched: number;
}

/**
 * Resolves when a signed and complete executable of that version is at `targetPath`, flushed to disk; until then nothing is there.
 * Tries again by itself while the server is out of reach, as long as the fetch of an archive would.
 * @throws AppError RELEASE_NOT_FOUND, RELEASE_UNTRUSTED (not signed as it must be, or bytes that are not what was signed),
 * RELEASES_EXPIRED, CLOCK_WRONG, DISK_FULL (retryable), STATE_UNWRITABLE, those of a failed request; the reason of `signal`
 */
export type ObtainVersion = (wanted: VersionWanted) => Promise<void>;
