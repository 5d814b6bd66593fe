import { Readable } from 'node:stream';
import { cutFile } from '../../lib/blocks/cut-file.ts';
import type { Clock } from '../../lib/clock.ts';
import { AppError } from '../../lib/errors.ts';
import type { ReleaseTarget, StagedRelease } from '../../protocol/schemas/releases.ts';
import type { FileStore, ReceivedFile } from './file-store.ts';
import type { NewRelease } from './release-targets.ts';

export interface StagedReleasesOptions {
  files: FileStore;
  clock: Clock;
  /** Which version for which platform a file is. @throws AppError RELEASE_INVALID */
  readExecutable: (path: string, name: string) => Promise<ReleaseTarget>;
}

/** Whoever uploads publishes within minutes. */
const KEPT_MS = 24 * 60 * 60_000;
/** Far above the map of the largest executable. */
const MAX_MAP_BYTES = 16 * 1024 * 1024;

/** Executables that were uploaded and looked at, and wait to be published. A restart forgets them. */
export class StagedReleases {
  readonly #options: StagedReleasesOptions;
  readonly #staged = new Map<string, { release: NewRelease; until: number }>();

  constructor(options: StagedReleasesOptions) {
    this.#options = options;
  }

  /** Takes an upload over, with the map of its blocks. @throws AppError RELEASE_INVALID */
  async add(upload: ReceivedFile, name: string): Promise<StagedRelease> {
    const { files, clock, readExecutable } = this.#options;
    const { version, platform } = await readExecutable(upload.path, name);
    const map = Buffer.from(JSON.stringify(await cutFile(upload.path)));
    const blocks = await files.receive(Readable.from([map]), MAX_MAP_BYTES);
    const { sha256, size } = upload;
    const staged = { version, platform, size, sha256 };
    const release = { ...staged, blocks: { sha256: blocks.sha256, size: blocks.size } };
    this.#staged.set(sha256, { release, until: clock.now() + KEPT_MS });
    await files.keep(upload);
    await files.keep(blocks);
    return staged;
  }

  /** @throws AppError RELEASE_NOT_FOUND */
  get(sha256: string): NewRelease {
    const found = this.#staged.get(sha256);
    if (found !== undefined) return found.release;
    throw new AppError(
      'RELEASE_NOT_FOUND',
      `No executable with SHA-256 ${sha256} was uploaded; upload it again`,
    );
  }

  forget(sha256: string): void {
    this.#staged.delete(sha256);
  }

  /** Of all files that are still to be published. */
  hashes(): string[] {
    const now = this.#options.clock.now();
    for (const [sha256, { until }] of this.#staged) if (until <= now) this.forget(sha256);
    return [...this.#staged.values()].flatMap(({ release }) => [release.sha256, release.blocks.sha256]);
  }
}
