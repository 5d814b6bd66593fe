import type { Console } from '../console.ts';
import { formatSize } from './size.ts';

const WIDTH = 24;
const CLEAR_LINE = '\r\u001b[K';

/** How much of something has been sent, in one line that is drawn over itself; nothing where nobody watches. */
export class ProgressBar {
  readonly #console: Console;
  readonly #label: string;
  readonly #totalBytes: number;
  #drawn = '';

  constructor(console: Console, { label, totalBytes }: { label: string; totalBytes: number }) {
    this.#console = console;
    this.#label = label;
    this.#totalBytes = totalBytes;
  }

  update(bytes: number): void {
    if (!this.#console.isTTY) return;
    const share = Math.min(bytes / Math.max(this.#totalBytes, 1), 1);
    const bar = '#'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH, '-');
    const percent = String(Math.floor(share * 100)).padStart(3);
    const line = `${this.#label}  [${bar}] ${percent} % of ${formatSize(this.#totalBytes)}`;
    if (line === this.#drawn) return;
    this.#drawn = line;
    this.#console.stderr.write(CLEAR_LINE + line);
  }

  /** Takes the line away, so that what came of it can be said in its place. */
  end(): void {
    if (this.#drawn !== '') this.#console.stderr.write(CLEAR_LINE);
    this.#drawn = '';
  }
}
