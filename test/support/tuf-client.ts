import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BaseFetcher, Updater } from 'tuf-js';
import { DownloadHTTPError } from 'tuf-js/dist/error.js';
import type { TargetFile } from '@tufjs/models';
import type { Cleanup } from './cleanup.ts';
import { makeTempDir } from './temp-dir.ts';

/** Gets a file of the repository's metadata; undefined is a 404. */
export type FetchMetadata = (name: string) => Buffer | undefined | Promise<Buffer | undefined>;

/** An agent that is nothing but a TUF client as its authors wrote it; what it has learned stays with it. */
export class TufClient {
  readonly dir: string;
  readonly #fetcher: MetadataFetcher;

  /** @param root what it was told to believe in when it enrolled */
  constructor(root: string, { fetch, onEnd }: { fetch: FetchMetadata; onEnd: (cleanup: Cleanup) => void }) {
    this.dir = join(makeTempDir(onEnd), 'trusted');
    this.#fetcher = new MetadataFetcher(fetch);
    mkdirSync(this.dir);
    writeFileSync(join(this.dir, 'root.json'), root);
  }

  /** Learns what there is now, or throws. Another `fetch` stands for somebody in between. */
  async refresh(fetch?: FetchMetadata): Promise<void> {
    await this.#updater(fetch).refresh();
  }

  async target(path: string): Promise<TargetFile | undefined> {
    return await this.#updater().getTargetInfo(path);
  }

  #updater(fetch?: FetchMetadata): Updater {
    return new Updater({
      metadataDir: this.dir,
      metadataBaseUrl: 'https://releases.invalid/metadata',
      fetcher: fetch === undefined ? this.#fetcher : new MetadataFetcher(fetch),
    });
  }
}

class MetadataFetcher extends BaseFetcher {
  readonly #fetch: FetchMetadata;

  constructor(fetch: FetchMetadata) {
    super();
    this.#fetch = fetch;
  }

  override async fetch(url: string): Promise<ReadableStream> {
    const content = await this.#fetch(url.replace(/.*\//, ''));
    if (content === undefined) throw new DownloadHTTPError('There is none', 404);
    return new Blob([new Uint8Array(content)]).stream();
  }
}
