import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

/** A program's output as shepherds keep it: `<path>`, and older ones as `<path>.1`, the youngest, and so on. */
export class ShepherdLog {
  readonly #path: string;
  readonly #limits: () => string;
  #fd: number | undefined;
  #bytes = 0;

  /** `limits` says how many bytes a file may have, and how many older ones are kept; it is asked again and again. */
  constructor(path: string, limits: () => string) {
    this.#path = path;
    this.#limits = limits;
  }

  /** A log that cannot be written, on a full disk say, is passed over: it must not stop the program. */
  write(piece: Uint8Array): void {
    try {
      const [maxBytes = 0, files = 0] = this.#limits().split(' ').map(Number);
      this.#fd ??= this.#open();
      if (this.#bytes >= maxBytes) this.#rotate(files);
      this.#bytes += writeSync(this.#fd, piece);
    } catch {
      this.close(); // tried afresh with the next piece; there is nowhere to complain to
    }
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  #open(): number {
    const fd = openSync(this.#path, 'a', 0o600);
    this.#bytes = fstatSync(fd).size;
    return fd;
  }

  #rotate(files: number): void {
    this.close();
    for (let age = files; age > 0; age--) {
      try {
        renameSync(age === 1 ? this.#path : `${this.#path}.${age - 1}`, `${this.#path}.${age}`);
      } catch {
        // not that many yet, or somebody reads it and Windows does not let go
      }
    }
    this.#fd = this.#open();
  }
}
