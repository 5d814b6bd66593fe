import { appendFileSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** What an update job writes: a line for each step, by both versions, to the file that is reported as any job's output. */
export class UpdateOutput {
  readonly #path: string;
  readonly #now: () => number;

  constructor(path: string, now: () => number) {
    this.#path = path;
    this.#now = now;
  }

  get bytes(): number {
    return statSync(this.#path, { throwIfNoEntry: false })?.size ?? 0;
  }

  line(text: string): void {
    try {
      mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
      appendFileSync(this.#path, `${new Date(this.#now()).toISOString()} ${text}\n`, { mode: 0o600 });
    } catch {
      // On a full disk the update goes without words; the journal says how it ended.
    }
  }
}
