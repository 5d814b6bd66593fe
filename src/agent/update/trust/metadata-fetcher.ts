import type { Fetcher } from 'tuf-js';
import { AppError } from '../../../lib/errors.ts';
import type { HttpClient } from '../../../lib/http-client/http-client.ts';
import { PATHS } from '../../../protocol/version.ts';
import { checkClock } from './check-clock.ts';
import { fetchBytes, type FetchedBytes } from '../fetch-bytes.ts';

export interface MetadataFetcherOptions {
  readonly client: HttpClient;
  readonly agentID: string;
  /** By this endpoint's clock, in milliseconds since the epoch. */
  readonly now: number;
  readonly signal: AbortSignal;
}

/** A root beyond is found by the next look. */
const MAX_NEW_ROOTS = 32;
const MAX_ROOT_BYTES = 512_000;
/** Whoever has the targets key publishes, and nobody in its name. */
const TOP_LEVEL = /^(timestamp|(\d+\.)?(root|snapshot|targets))\.json$/;

/** Brings tuf-js its metadata from our server, over the connection that shows the agent's certificate. */
export class MetadataFetcher implements Fetcher {
  readonly #options: MetadataFetcherOptions;
  readonly #roots = new Map<string, Buffer>();
  /** Why something did not come; tuf-js keeps only the text of it. */
  failure: unknown;

  constructor(options: MetadataFetcherOptions) {
    this.#options = options;
  }

  /**
   * Gets the roots that followed the one of `version`, and gives back how many there are. tuf-js would ask until it is told that
   * there are no more by an error of a class that it does not export.
   */
  async fetchRootsAfter(version: number): Promise<number> {
    for (let count = 0; count < MAX_NEW_ROOTS; count++) {
      const name = `${version + count + 1}.root.json`;
      const root = await this.#fetch(name, MAX_ROOT_BYTES);
      if (root === undefined) return count;
      this.#roots.set(name, root.bytes);
    }
    return MAX_NEW_ROOTS;
  }

  /** The root that is pinned by an agent whose enrolment brought none. */
  async fetchFirstRoot(): Promise<string> {
    const root = await this.#fetch('1.root.json', MAX_ROOT_BYTES);
    if (root === undefined) throw missing('1.root.json');
    return root.bytes.toString();
  }

  async downloadBytes(url: string, maxLength: number): Promise<Buffer> {
    const name = new URL(url).pathname.slice(1);
    const root = this.#roots.get(name);
    if (root !== undefined) return root;
    try {
      if (!TOP_LEVEL.test(name)) throw delegated(name);
      const file = await this.#fetch(name, maxLength);
      if (file === undefined) throw missing(name);
      if (name === 'timestamp.json') checkClock(this.#options.now, { serverDate: file.headers.date });
      return file.bytes;
    } catch (error) {
      this.failure ??= error;
      throw error;
    }
  }

  /** What is signed is fetched by its blocks. */
  downloadFile(): Promise<never> {
    return Promise.reject(new AppError('INTERNAL', 'Targets are not fetched this way'));
  }

  async #fetch(name: string, maxBytes: number): Promise<FetchedBytes | undefined> {
    const { client, agentID, signal } = this.#options;
    const path = `${PATHS.updates}/metadata/${name}`;
    const attempt = `fetch "${name}" of the server's releases`;
    return await fetchBytes(client, { path, agentID, maxBytes, attempt, signal });
  }
}

function missing(name: string): AppError {
  if (name === '1.root.json' || name === 'timestamp.json')
    return new AppError('RELEASE_NOT_FOUND', 'The server has not published any release');
  return new AppError('RELEASE_UNTRUSTED', `The server does not have "${name}", which its signed list names`);
}

function delegated(name: string): AppError {
  return new AppError('RELEASE_UNTRUSTED', `The server's signed list leaves the say to "${name}"`);
}
