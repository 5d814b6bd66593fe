import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '../../lib/errors.ts';

/** An archive that has arrived whole and lies aside; the library keeps it or it is discarded. */
export interface Upload {
  readonly path: string;
  readonly sha256: string;
  readonly size: number;
}

const ASIDE = '.upload-';
/** What is too large is read on to this many times the limit before it is refused, so that the sender sees the answer. */
const DRAIN_FACTOR = 4;

/** The folder of archives, each under the SHA-256 of its content. */
export class ArchiveFiles {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
  }

  pathOf(sha256: string): string {
    return join(this.#dir, sha256);
  }

  /**
   * Streams `content` to disk aside. Nothing is left of it when it breaks off.
   * @throws AppError ARCHIVE_TOO_LARGE above `limitBytes`, or whatever ended the stream
   */
  async receive(content: AsyncIterable<Buffer>, limitBytes: number): Promise<Upload> {
    await mkdir(this.#dir, { recursive: true, mode: 0o700 });
    const path = join(this.#dir, `${ASIDE}${randomUUID()}`);
    const file = await open(path, 'wx', 0o600);
    try {
      const written = await writeAll(file, content, limitBytes);
      await file.sync();
      return { path, ...written };
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    } finally {
      await file.close();
    }
  }

  async keep(upload: Upload): Promise<void> {
    await rename(upload.path, this.pathOf(upload.sha256));
  }

  /** Does nothing to an upload that was kept. */
  async discard(upload: Upload): Promise<void> {
    await rm(upload.path, { force: true });
  }

  /** Removes every archive that is not in `wanted`; `includeAside` also what a crash left of uploads. */
  async removeExcept(wanted: ReadonlySet<string>, { includeAside = false } = {}): Promise<string[]> {
    await mkdir(this.#dir, { recursive: true, mode: 0o700 });
    const names = await readdir(this.#dir);
    const unwanted = names.filter((name) =>
      name.startsWith(ASIDE) ? includeAside : /^[0-9a-f]{64}$/.test(name) && !wanted.has(name),
    );
    await Promise.all(unwanted.map(async (name) => await rm(join(this.#dir, name), { force: true })));
    return unwanted;
  }
}

async function writeAll(
  file: FileHandle,
  content: AsyncIterable<Buffer>,
  limitBytes: number,
): Promise<{ sha256: string; size: number }> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of content) {
    size += chunk.length;
    if (size > limitBytes * DRAIN_FACTOR) break;
    if (size > limitBytes) continue;
    hash.update(chunk);
    await file.write(chunk);
  }
  if (size > limitBytes) {
    throw new AppError('ARCHIVE_TOO_LARGE', `The archive is larger than ${limitBytes} bytes`);
  }
  return { sha256: hash.digest('hex'), size };
}
