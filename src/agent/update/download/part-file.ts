import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncDir } from '../../../lib/atomic-file.ts';
import { AppError, systemErrorCode } from '../../../lib/errors.ts';
import type { BlockMap } from '../../../protocol/schemas/releases.ts';
import { offsetsOf } from './runs.ts';

const NO_ROOM = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
export const EXECUTABLE = 0o755;

/** The file that is to be, as far as its blocks are there; each was checked before it got in, or when the file was opened. */
export class PartFile {
  readonly path: string;
  readonly #map: BlockMap;
  readonly #file: FileHandle;
  readonly #offsets: number[];
  readonly #missing = new Set<number>();

  private constructor(path: string, map: BlockMap, file: FileHandle) {
    this.path = path;
    this.#map = map;
    this.#file = file;
    this.#offsets = offsetsOf(map);
  }

  /**
   * Goes on with what an interrupted attempt left, as far as it is right.
   * @throws AppError DISK_FULL, STATE_UNWRITABLE; the reason of `signal`
   */
  static async open(path: string, map: BlockMap, signal: AbortSignal): Promise<PartFile> {
    const part = await writing(path, async () => {
      const file = await open(path, constants.O_RDWR | constants.O_CREAT, EXECUTABLE);
      return new PartFile(path, map, file);
    });
    try {
      await writing(path, async () => await part.#lookWhatIsThere(signal));
      return part;
    } catch (error) {
      await part.close();
      throw error;
    }
  }

  /** Numbers of the blocks that are not there, ascending. */
  get missing(): number[] {
    return [...this.#missing];
  }

  get missingBytes(): number {
    return this.missing.reduce((sum, block) => sum + (this.#map.blocks[block]?.[0] ?? 0), 0);
  }

  lacks(block: number): boolean {
    return this.#missing.has(block);
  }

  /** False when these bytes are not that block. @throws AppError DISK_FULL, STATE_UNWRITABLE */
  async put(block: number, bytes: Uint8Array): Promise<boolean> {
    if (!this.#isBlock(block, bytes)) return false;
    await writing(this.path, async () => await writeAll(this.#file, bytes, this.#offsets[block] ?? 0));
    this.#missing.delete(block);
    return true;
  }

  /**
   * Flushes it and moves it to where it belongs, when all of it is what was signed; else it is gone.
   * @throws AppError RELEASE_UNTRUSTED, DISK_FULL, STATE_UNWRITABLE
   */
  async finish(targetPath: string, signal: AbortSignal): Promise<void> {
    if ((await this.#sha256(signal)) !== this.#map.sha256) {
      await this.close();
      await rm(this.path, { force: true });
      throw new AppError(
        'RELEASE_UNTRUSTED',
        `"${this.path}" is not what was signed, although each of its blocks is`,
      );
    }
    await writing(targetPath, async () => {
      await this.#file.chmod(EXECUTABLE);
      await this.#file.sync();
      await this.close();
      await rename(this.path, targetPath);
      syncDir(dirname(targetPath));
    });
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  async #lookWhatIsThere(signal: AbortSignal): Promise<void> {
    const { size } = await this.#file.stat();
    for (const [block, [length]] of this.#map.blocks.entries()) {
      signal.throwIfAborted();
      const offset = this.#offsets[block] ?? 0;
      const isThere =
        offset + length <= size && this.#isBlock(block, await readAt(this.#file, { offset, length }));
      if (!isThere) this.#missing.add(block);
    }
    if (size > this.#map.size) await this.#file.truncate(this.#map.size);
  }

  #isBlock(block: number, bytes: Uint8Array): boolean {
    const [length, sha256] = this.#map.blocks[block] ?? [];
    return length === bytes.length && sha256 === createHash('sha256').update(bytes).digest('base64url');
  }

  async #sha256(signal: AbortSignal): Promise<string> {
    const hash = createHash('sha256');
    for (const [block, [length]] of this.#map.blocks.entries()) {
      signal.throwIfAborted();
      hash.update(await readAt(this.#file, { offset: this.#offsets[block] ?? 0, length }));
    }
    return hash.digest('hex');
  }
}

/** Fewer bytes when the file ends. */
export async function readAt(
  file: FileHandle,
  { offset, length }: { offset: number; length: number },
): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let done = 0;
  while (done < length) {
    const { bytesRead } = await file.read(bytes, done, length - done, offset + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return bytes.subarray(0, done);
}

async function writeAll(file: FileHandle, bytes: Uint8Array, offset: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    done += (await file.write(bytes, done, bytes.length - done, offset + done)).bytesWritten;
  }
}

async function writing<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    const code = systemErrorCode(cause);
    if (code === undefined) throw cause;
    if (NO_ROOM.has(code))
      throw new AppError('DISK_FULL', `No room for "${path}"`, { cause, retryable: true });
    throw new AppError('STATE_UNWRITABLE', `Cannot write "${path}"`, { cause, retryable: true });
  }
}
