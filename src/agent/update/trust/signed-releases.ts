import { join } from 'node:path';
import type { Updater } from 'tuf-js';
import type { Clock } from '../../../lib/clock.ts';
import { AppError, isAppError } from '../../../lib/errors.ts';
import type { HttpClient } from '../../../lib/http-client/http-client.ts';
import { blocksTargetPath, executableTargetPath } from '../../../protocol/release-paths.ts';
import type { ReleaseTarget } from '../../../protocol/schemas/releases.ts';
import { checkClock } from './check-clock.ts';
import { KeptMetadata, type ReleaseMetadata } from './kept-metadata.ts';
import { MetadataFetcher } from './metadata-fetcher.ts';
import { MetadataFolder } from './metadata-folder.ts';
import { readTarget, type SignedFile } from './read-target.ts';

export interface SignedReleasesOptions {
  /** Holds `releases.json`, what has been verified, and for a moment tuf-js' working folder. */
  readonly dir: string;
  readonly agentID: string;
  /** The first root, from enrolment; undefined pins the one that the server shows first. */
  readonly pinnedRoot: string | undefined;
  readonly client: () => HttpClient;
  readonly clock: Pick<Clock, 'now'>;
}

export interface SignedRelease {
  readonly executable: SignedFile;
  readonly blockMap: SignedFile;
}

/** tuf-js needs an absolute address; which server it stands for is the fetcher's business. */
const SOMEWHERE = 'https://releases.invalid';
const EXPIRED = / is expired$/;
const NOT_WRITTEN = /Failed to persist metadata/;

/** What the server has published, believed only as far as its release keys have signed it. */
export class SignedReleases {
  readonly #options: SignedReleasesOptions;
  readonly #kept: KeptMetadata;
  readonly #folder: MetadataFolder;

  constructor(options: SignedReleasesOptions) {
    this.#options = options;
    this.#kept = new KeptMetadata(join(options.dir, 'releases.json'));
    this.#folder = new MetadataFolder(join(options.dir, 'releases.tmp'));
  }

  /**
   * Asks the server anew. One call at a time.
   * @throws AppError RELEASE_NOT_FOUND, RELEASE_UNTRUSTED, RELEASES_EXPIRED, CLOCK_WRONG, STATE_UNWRITABLE, those of a failed request
   */
  async find(release: ReleaseTarget, signal: AbortSignal): Promise<SignedRelease> {
    const { client, agentID, clock } = this.#options;
    const now = clock.now();
    const fetcher = new MetadataFetcher({ client: client(), agentID, now, signal });
    try {
      const before = this.#kept.load(agentID) ?? (await this.#begin(fetcher));
      checkClock(now, { atLeast: before.verifiedAt });
      return await releaseIn(await this.#refresh(before, { fetcher, now }), release);
    } catch (error) {
      signal.throwIfAborted();
      throw explain(fetcher.failure ?? error, now);
    } finally {
      this.#folder.remove();
    }
  }

  async #begin(fetcher: MetadataFetcher): Promise<ReleaseMetadata> {
    const { agentID, pinnedRoot } = this.#options;
    const root = pinnedRoot ?? (await fetcher.fetchFirstRoot());
    return { agentID, verifiedAt: 0, files: { root } };
  }

  /** What was verified counts also if the rest then fails, or it could be taken back. */
  async #refresh(
    before: ReleaseMetadata,
    { fetcher, now }: { fetcher: MetadataFetcher; now: number },
  ): Promise<Updater> {
    this.#folder.fill(before.files);
    const maxRootRotations = await fetcher.fetchRootsAfter(versionOf(before.files.root));
    const { Updater } = await import('tuf-js');
    const updater = new Updater({
      metadataDir: this.#folder.path,
      metadataBaseUrl: SOMEWHERE,
      fetcher,
      config: { maxRootRotations },
    });
    let { verifiedAt } = before;
    try {
      await updater.refresh();
      verifiedAt = Math.max(verifiedAt, now);
    } finally {
      this.#kept.save({ ...before, verifiedAt, files: { ...before.files, ...this.#folder.read() } });
    }
    return updater;
  }
}

function versionOf(root: string): number {
  return (JSON.parse(root) as { signed: { version: number } }).signed.version;
}

/** @throws AppError RELEASE_NOT_FOUND, RELEASE_UNTRUSTED */
async function releaseIn(updater: Updater, release: ReleaseTarget): Promise<SignedRelease> {
  const read = async (path: string): Promise<SignedFile | undefined> =>
    readTarget(await updater.getTargetInfo(path), release);
  const executable = await read(executableTargetPath(release));
  const blockMap = await read(blocksTargetPath(release));
  if (executable !== undefined && blockMap !== undefined) return { executable, blockMap };
  throw new AppError(
    'RELEASE_NOT_FOUND',
    `The server has published no version ${release.version} for ${release.platform}`,
  );
}

/** tuf-js tells its failures apart by text alone once they are wrapped in each other. */
function explain(cause: unknown, now: number): unknown {
  if (isAppError(cause)) return cause;
  const text = Error.isError(cause) ? cause.message : '';
  if (NOT_WRITTEN.test(text)) {
    return new AppError('STATE_UNWRITABLE', 'Cannot write what was verified of the releases', {
      cause,
      retryable: true,
    });
  }
  if (EXPIRED.test(text)) {
    const clock = `this endpoint's clock says ${new Date(now).toISOString()}`;
    return new AppError(
      'RELEASES_EXPIRED',
      `What the server says of its releases is out of date: either it was not renewed, or somebody holds newer back (${clock})`,
      { cause },
    );
  }
  return new AppError(
    'RELEASE_UNTRUSTED',
    'What the server says of its releases is not what the release keys have signed',
    { cause },
  );
}
