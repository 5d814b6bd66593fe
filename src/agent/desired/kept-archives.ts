import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../lib/errors.ts';
import { Serial } from '../../lib/serial.ts';
import type { ArchiveRef } from '../../protocol/schemas/job.ts';
import type { ArchiveCache } from './archive-cache.ts';

export interface KeptArchivesOptions {
  /** Absolute; made when it is needed. */
  readonly dir: string;
  /** Makes `path` the archive, going on from what is there; nothing is asked of the server when it is whole. */
  readonly fetch: (ref: ArchiveRef, path: string, signal: AbortSignal) => Promise<void>;
}

/** The folder of archives, each under its hash. What is there may be part of one, or damaged: only `ensure` says otherwise. */
export class KeptArchives implements ArchiveCache {
  readonly #options: KeptArchivesOptions;
  /** By hash; of those that are being fetched. */
  readonly #fetches = new Map<string, Serial>();
  /** Hashes of archives found whole by this process. */
  readonly #whole = new Set<string>();

  constructor(options: KeptArchivesOptions) {
    this.#options = options;
  }

  pathOf(sha256: string): string {
    return join(this.#options.dir, sha256);
  }

  /** Each in turn: who comes second finds what the first has fetched, or goes on where that one was stopped. */
  async ensure(ref: ArchiveRef, signal: AbortSignal): Promise<string> {
    const serial = this.#fetches.get(ref.sha256) ?? new Serial();
    this.#fetches.set(ref.sha256, serial);
    return await serial.run(async () => {
      signal.throwIfAborted();
      const path = this.pathOf(ref.sha256);
      if (this.#whole.has(ref.sha256)) return path;
      await this.#makeDir();
      await this.#options.fetch(ref, path, signal);
      this.#whole.add(ref.sha256);
      return path;
    });
  }

  /** Removes all but these. */
  async retain(hashes: ReadonlySet<string>): Promise<void> {
    for (const name of await this.#names()) {
      if (hashes.has(name)) continue;
      this.#whole.delete(name);
      this.#fetches.delete(name);
      await rm(this.pathOf(name), { recursive: true, force: true });
    }
  }

  async #names(): Promise<string[]> {
    try {
      return await readdir(this.#options.dir);
    } catch {
      return []; // nothing has been kept yet
    }
  }

  async #makeDir(): Promise<void> {
    const { dir } = this.#options;
    try {
      await mkdir(dir, { recursive: true, mode: 0o700 });
    } catch (cause) {
      throw new AppError('STATE_UNWRITABLE', `Cannot make the folder "${dir}"`, { cause, retryable: true });
    }
  }
}
