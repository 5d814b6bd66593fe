import { open, readdir, stat, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { systemErrorCode } from '../../lib/errors.ts';

const CHUNK_BYTES = 64 * 1024;

interface LogFile {
  readonly path: string;
  readonly ino: number;
  readonly size: number;
}

type Place = LogFile & { readonly position: number };

/** Reads a service's log in the order it was written, from one file into the next, while a shepherd writes and rotates it. */
export class LogReader {
  readonly #logPath: string;
  readonly #tailBytes: number;
  #file: FileHandle | undefined;
  #ino = 0;
  #position = 0;

  /** Begins so many bytes before the end as it is at the first read, or where the log begins. */
  constructor(logPath: string, { tailBytes }: { readonly tailBytes: number }) {
    this.#logPath = logPath;
    this.#tailBytes = tailBytes;
  }

  /** What comes next; undefined when that was all so far. */
  async next(): Promise<Uint8Array | undefined> {
    for (;;) {
      const files = await logFiles(this.#logPath);
      const chunk = await this.#readOn();
      if (chunk !== undefined) return chunk;
      // Listed before that read, which came to the end: nobody writes any more to a file that was an old one by then.
      const next = this.#file === undefined ? this.#first(files) : this.#younger(files);
      if (next === undefined) return undefined;
      await this.#open(next);
    }
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }

  #first(files: readonly LogFile[]): Place | undefined {
    let leftBytes = this.#tailBytes;
    for (const file of files.toReversed()) {
      if (leftBytes <= file.size || file === files[0])
        return { ...file, position: Math.max(0, file.size - leftBytes) };
      leftBytes -= file.size;
    }
    return undefined;
  }

  /** One that was read so slowly that it has been deleted is followed by the oldest there is. */
  #younger(files: readonly LogFile[]): Place | undefined {
    const younger = files[files.findIndex(({ ino }) => ino === this.#ino) + 1];
    return younger && { ...younger, position: 0 };
  }

  async #open({ path, ino, position }: Place): Promise<void> {
    const file = await open(path, 'r');
    if ((await file.stat()).ino !== ino) {
      await file.close(); // rotated meanwhile; the next look finds it under its new name
      return;
    }
    await this.close();
    this.#file = file;
    this.#ino = ino;
    this.#position = position;
  }

  async #readOn(): Promise<Uint8Array | undefined> {
    const buffer = new Uint8Array(CHUNK_BYTES);
    const { bytesRead = 0 } = (await this.#file?.read(buffer, 0, CHUNK_BYTES, this.#position)) ?? {};
    this.#position += bytesRead;
    return bytesRead === 0 ? undefined : buffer.subarray(0, bytesRead);
  }
}

/** Oldest first. Looked at until two looks agree: a rotation in between would show a file twice, or not at all. */
async function logFiles(logPath: string): Promise<LogFile[]> {
  for (let before: LogFile[] | undefined; ;) {
    const files = await listOnce(logPath);
    if (before !== undefined && isDeepStrictEqual(files.map(nameOf), before.map(nameOf))) return files;
    before = files;
  }
}

function nameOf({ path, ino }: LogFile): string {
  return `${path} ${ino}`;
}

async function listOnce(logPath: string): Promise<LogFile[]> {
  const paths = (await namesIn(dirname(logPath)))
    .map((name) => join(dirname(logPath), name))
    .filter((path) => path === logPath || /^\.\d+$/.test(path.slice(logPath.length)))
    .sort((a, b) => ageOf(b, logPath) - ageOf(a, logPath));
  const stats = await Promise.all(
    paths.map(async (path) => ({ path, stats: await stat(path).catch(() => undefined) })),
  );
  return stats.flatMap(({ path, stats: found }) =>
    found === undefined ? [] : { path, ino: found.ino, size: found.size },
  );
}

/** 0 for the file that is written to, then 1, 2, … */
function ageOf(path: string, logPath: string): number {
  return Number(path.slice(logPath.length + 1));
}

async function namesIn(dir: string): Promise<string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
}
