import {
  closeSync,
  fstatSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { makePrivateDir } from './make-private-dir.ts';

const DAY_MS = 86_400_000;

export interface RotatingFileOptions {
  dir: string;
  /** The file being written is `<stem>.log`, older ones `<stem>-<time>.log`. */
  stem: string;
  /** A file is closed before it would grow beyond this. */
  maxBytes: number;
  /** Older files kept. */
  maxFiles: number;
  /** Older files go after this many days; a file is closed after one day, so that this can be kept. */
  maxAgeDays: number;
  /** Milliseconds since the epoch. */
  now: () => number;
}

/**
 * Appends lines at once and without a buffer, so that the last line before a crash is there. It has no timer: rotation is
 * looked at when a line comes. A line that cannot be written is dropped, for a full disk must not stop whoever logs.
 */
export class RotatingFile {
  readonly #options: RotatingFileOptions;
  readonly #path: string;
  #fd: number | undefined;
  #bytes = 0;
  #startedAt = 0;

  constructor(options: RotatingFileOptions) {
    this.#options = options;
    this.#path = join(options.dir, `${options.stem}.log`);
  }

  write(line: string): void {
    const bytes = Buffer.from(line);
    try {
      const fd = this.#fdFor(bytes.length);
      writeSync(fd, bytes);
      this.#bytes += bytes.length;
    } catch {
      this.close(); // tried afresh with the next line; there is nowhere to complain to
    }
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  #fdFor(bytes: number): number {
    const fd = this.#fd ?? this.#open();
    if (this.#bytes === 0 || !this.#isDue(bytes)) return fd;
    this.close();
    renameSync(this.#path, join(this.#options.dir, this.#nameOfOld()));
    this.#removeOld();
    return this.#open();
  }

  #open(): number {
    makePrivateDir(this.#options.dir);
    const fd = openSync(this.#path, 'a', 0o600);
    const { size, birthtimeMs } = fstatSync(fd);
    this.#fd = fd;
    this.#bytes = size;
    this.#startedAt = size === 0 ? this.#options.now() : birthtimeMs;
    return fd;
  }

  #isDue(bytes: number): boolean {
    const { maxBytes, now } = this.#options;
    return this.#bytes + bytes > maxBytes || now() - this.#startedAt > DAY_MS;
  }

  #nameOfOld(): string {
    const time = new Date(this.#options.now()).toISOString().replaceAll(/[:.]/g, '-');
    return `${this.#options.stem}-${time}.log`;
  }

  #removeOld(): void {
    const { dir, stem, maxFiles, maxAgeDays, now } = this.#options;
    const oldFirst = readdirSync(dir)
      .filter((name) => name.startsWith(`${stem}-`) && name.endsWith('.log'))
      .sort();
    const surplus = oldFirst.length - maxFiles;
    for (const [index, name] of oldFirst.entries()) {
      const path = join(dir, name);
      if (index < surplus || now() - statSync(path).mtimeMs > maxAgeDays * DAY_MS)
        rmSync(path, { force: true });
    }
  }
}
