import { AppError, type ErrorCode } from '../errors.ts';
import type { ArchiveLimits, ArchiveOs, Content, Entry, EntryKind, RawEntry } from './archive-types.ts';
import { checkEntryName, collisionKey, entrySegments } from './entry-name.ts';

/** Below this an archive may grow as it likes: a few megabytes of zeros are no bomb. */
const RATIO_GRACE_BYTES = 16 * 1024 ** 2;

export interface GuardOptions {
  /** As people know it, for sentences. */
  readonly archiveName: string;
  readonly archiveBytes: number;
  readonly limits: ArchiveLimits;
  /** The rules of each of these are kept. */
  readonly oses: readonly ArchiveOs[];
}

/**
 * Decides over the entries of one archive, one after the other: `admit` by what is declared, `counted` by what really
 * comes out. Throws AppError ARCHIVE_UNSAFE, ARCHIVE_TOO_LARGE or ARCHIVE_CORRUPT, naming archive and entry.
 */
export class EntryGuard {
  readonly #options: GuardOptions;
  readonly #seen: { os: ArchiveOs; paths: Map<string, { path: string; kind: EntryKind }> }[];
  #entries = 0;
  #declaredBytes = 0;
  #totalBytes = 0;

  constructor(options: GuardOptions) {
    this.#options = options;
    this.#seen = options.oses.map((os) => ({ os, paths: new Map() }));
  }

  admit(raw: RawEntry): Entry {
    const { limits, oses } = this.#options;
    if (++this.#entries > limits.maxEntries) this.#tooLarge(`it has more than ${limits.maxEntries} entries`);
    for (const os of oses) {
      const problem = checkEntryName(raw.name, os);
      if (problem !== undefined) this.refuse(raw.name, problem);
    }
    if (typeof raw.kind === 'object') this.refuse(raw.name, `is ${raw.kind.other}`);
    const segments = entrySegments(raw.name);
    this.#checkSize(raw, segments);
    this.#checkCollisions(raw.name, raw.kind, segments);
    const { kind, declaredBytes, executable } = raw;
    return { path: segments.join('/'), kind, declaredBytes, executable };
  }

  refuse(entryName: string, problem: string): never {
    this.#fail('ARCHIVE_UNSAFE', `entry ${quote(entryName)} ${problem}`);
  }

  /** The same content, which fails as soon as it is more than was declared or than the limits allow. */
  async *counted(entry: Entry, content: Content): Content {
    let fileBytes = 0;
    for await (const chunk of content) {
      fileBytes += chunk.length;
      if (fileBytes > entry.declaredBytes) this.#corrupt(entry, 'is longer than it says');
      this.#countTotal(chunk.length);
      yield chunk;
    }
    if (fileBytes < entry.declaredBytes) this.#corrupt(entry, 'is shorter than it says');
  }

  #countTotal(bytes: number): void {
    const { limits, archiveBytes } = this.#options;
    this.#totalBytes += bytes;
    if (this.#totalBytes > limits.maxTotalBytes)
      this.#tooLarge(`its files have more than ${limits.maxTotalBytes} bytes together`);
    if (this.#totalBytes > Math.max(RATIO_GRACE_BYTES, archiveBytes * limits.maxRatio))
      this.#tooLarge(`it grows to more than ${limits.maxRatio} times its size`);
  }

  #checkSize({ name, declaredBytes }: RawEntry, segments: readonly string[]): void {
    const { limits } = this.#options;
    if (Buffer.byteLength(name) > limits.maxPathBytes)
      this.refuse(name, `has a path of more than ${limits.maxPathBytes} bytes`);
    if (segments.length > limits.maxDepth)
      this.refuse(name, `has more than ${limits.maxDepth} parts in its path`);
    if (declaredBytes > limits.maxFileBytes)
      this.#tooLarge(`entry ${quote(name)} has more than ${limits.maxFileBytes} bytes`);
    this.#declaredBytes += declaredBytes;
    if (this.#declaredBytes > limits.maxTotalBytes)
      this.#tooLarge(`its files have more than ${limits.maxTotalBytes} bytes together`);
  }

  #checkCollisions(name: string, kind: EntryKind, segments: readonly string[]): void {
    for (const { os, paths } of this.#seen) {
      for (let length = 1; length <= segments.length; length++) {
        const path = segments.slice(0, length).join('/');
        const kindHere = length === segments.length ? kind : 'folder';
        const earlier = paths.get(collisionKey(path, os));
        if (earlier === undefined) paths.set(collisionKey(path, os), { path, kind: kindHere });
        else if (earlier.path !== path) this.refuse(name, `is the same as ${quote(earlier.path)} on ${os}`);
        else if (earlier.kind !== kindHere) this.refuse(name, `needs ${quote(path)} to be file and folder`);
        else if (kindHere === 'file') this.refuse(name, 'is there twice');
      }
    }
  }

  #corrupt(entry: Entry, problem: string): never {
    this.#fail('ARCHIVE_CORRUPT', `entry ${quote(entry.path)} ${problem}`);
  }

  #tooLarge(problem: string): never {
    this.#fail('ARCHIVE_TOO_LARGE', problem);
  }

  #fail(code: ErrorCode, problem: string): never {
    throw new AppError(code, `Cannot unpack "${this.#options.archiveName}": ${problem}`);
  }
}

/** Quoted so that control characters and quotes in a hostile name cannot deceive whoever reads the sentence. */
function quote(name: string): string {
  return JSON.stringify(name.length > 200 ? `${name.slice(0, 200)}…` : name);
}
