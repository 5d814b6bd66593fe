import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../../lib/clock.ts';
import { systemErrorCode } from '../../lib/errors.ts';
import type { HttpClient } from '../../lib/http-client/http-client.ts';
import type { Logger } from '../../lib/log.ts';
import type { BlockMap, ReleasePlatform } from '../../protocol/schemas/releases.ts';
import { fetchBlockMap } from './download/fetch-block-map.ts';
import { fetchRuns } from './download/fetch-runs.ts';
import { EXECUTABLE, PartFile } from './download/part-file.ts';
import { persist } from './download/persist.ts';
import { requireSpace } from './download/require-space.ts';
import { reuseBlocks } from './download/reuse-blocks.ts';
import { Throttle } from './download/throttle.ts';
import type { SignedFile } from './trust/read-target.ts';
import type { SignedReleases } from './trust/signed-releases.ts';

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

export interface VersionSourceOptions {
  readonly releases: Pick<SignedReleases, 'find'>;
  readonly client: () => HttpClient;
  readonly agentID: string;
  /** 0 for no limit. */
  readonly bandwidthBytesPerSecond: number;
  readonly clock: Clock;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly log: Logger;
  /** Bytes that may still be written in a folder; those that the system says, unless a test knows better. */
  readonly freeBytes?: (dir: string) => Promise<number>;
}

/** Gets versions from the server: finds what was signed, takes over what this endpoint has of it, and fetches the rest. */
export function versionSource(options: VersionSourceOptions): ObtainVersion {
  return async (wanted) => {
    const { client, agentID, releases, clock, random, log } = options;
    const { version, platform, targetPath, signal } = wanted;
    const patient = { clock, random, log, signal };
    const release = await persist(async () => await releases.find({ version, platform }, signal), patient);
    if (await isThere(targetPath, release.executable)) {
      await chmod(targetPath, EXECUTABLE);
      return;
    }
    const request = { agentID, release, signal };
    const map = await persist(async () => await fetchBlockMap(client(), request), patient);
    const part = await PartFile.open(`${targetPath}.part`, map, signal);
    try {
      await fill(part, map, { ...options, ...wanted });
      await part.finish(targetPath, signal);
    } finally {
      await part.close();
    }
  };
}

async function fill(
  part: PartFile,
  map: BlockMap,
  options: VersionSourceOptions & VersionWanted,
): Promise<void> {
  const { freeBytes, similar, signal, onProgress, bandwidthBytesPerSecond, clock } = options;
  const dir = dirname(part.path);
  await requireSpace({ dir, bytes: part.missingBytes, ...(freeBytes && { freeBytes }) });
  for (const from of similar) await reuseBlocks(part, { map, from, signal });
  const toFetch = part.missingBytes;
  const tell = (): void =>
    onProgress?.({
      size: map.size,
      reused: map.size - toFetch,
      toFetch,
      fetched: toFetch - part.missingBytes,
    });
  tell();
  const throttle = new Throttle({ bytesPerSecond: bandwidthBytesPerSecond, clock });
  await persist(async (progressed) => {
    const onFetched = (): void => {
      progressed();
      tell();
    };
    await fetchRuns(part, { ...options, map, throttle, onFetched });
  }, options);
}

async function isThere(path: string, { size, sha256 }: SignedFile): Promise<boolean> {
  try {
    if ((await stat(path)).size !== size) return false;
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
    return hash.digest('hex') === sha256;
  } catch (error) {
    if (systemErrorCode(error) === undefined) throw error;
    return false; // not there, or of no use
  }
}
