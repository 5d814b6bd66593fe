import { type FileHandle, open } from 'node:fs/promises';

/**
 * What one stream of a program wrote, on disk, in at most `capBytes`: the first half of the file is the beginning of the
 * stream and stays; the second half is a ring that holds its end. So a flood costs neither memory nor more disk, both ends
 * survive it, and what is lost is known to the byte. `read-output.ts` reads it.
 */
export class OutputFile {
  readonly #path: string;
  readonly #capBytes: number;
  #file: FileHandle | undefined;
  #totalBytes = 0;
  #problem: unknown;

  /** The file is made at the first write: most programs write nothing to one of their streams. */
  constructor(path: string, capBytes: number) {
    this.#path = path;
    this.#capBytes = capBytes;
  }

  /** All that was written, kept or not. */
  get totalBytes(): number {
    return this.#totalBytes;
  }

  /** Why nothing more is kept (a full disk), if so. The program is not made to suffer for it. */
  get problem(): unknown {
    return this.#problem;
  }

  async write(chunk: Uint8Array): Promise<void> {
    if (this.#problem === undefined) {
      try {
        await this.#store(chunk);
      } catch (error) {
        this.#problem = error;
      }
    }
    this.#totalBytes += chunk.length;
  }

  async close(): Promise<void> {
    try {
      await this.#file?.close();
    } catch (error) {
      this.#problem ??= error;
    }
    this.#file = undefined;
  }

  async #store(chunk: Uint8Array): Promise<void> {
    this.#file ??= await open(this.#path, 'w', 0o600);
    for (let done = 0; done < chunk.length;) {
      const position = ringPosition(this.#totalBytes + done, this.#capBytes);
      const length = Math.min(chunk.length - done, roomAt(position, this.#capBytes));
      const { bytesWritten } = await this.#file.write(chunk, done, length, position);
      done += bytesWritten;
    }
  }
}

/** Where in the file the byte at `offset` of the stream lies, or lay before it was overwritten. */
export function ringPosition(offset: number, capBytes: number): number {
  const headBytes = headOf(capBytes);
  return offset < capBytes ? offset : headBytes + ((offset - headBytes) % (capBytes - headBytes));
}

export function headOf(capBytes: number): number {
  return Math.ceil(capBytes / 2);
}

/** How far one can write or read from `position` before the ring turns. */
export function roomAt(position: number, capBytes: number): number {
  return capBytes - position;
}
