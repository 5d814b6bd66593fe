import { createHash } from 'node:crypto';

/**
 * Archives that came with a push, before anybody asked. Only the last ones are kept, in memory: that bounds what an idle agent
 * holds, and whatever is not here is fetched.
 */
export class EarlyArchives {
  #contents: ReadonlyMap<string, Uint8Array> = new Map();

  replace(contents: ReadonlyMap<string, Uint8Array>): void {
    this.#contents = contents;
  }

  /** Undefined also when the content is not what its hash says. */
  get(sha256: string): Uint8Array | undefined {
    const content = this.#contents.get(sha256);
    if (content === undefined) return undefined;
    return createHash('sha256').update(content).digest('hex') === sha256 ? content : undefined;
  }
}
