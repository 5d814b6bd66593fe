import type { Writable } from 'node:stream';

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const FRAME_MS = 80;
const CLEAR_LINE = '\r\u001b[2K';

export interface Terminal extends Writable {
  isTTY?: boolean;
  columns?: number;
}

/** Tells what a step is doing just now. */
export type Report = (line: string) => void;

/**
 * Steps, one line each: a spinner while one works and a tick with its seconds when it is done. Where no person watches (a pipe, a
 * log) the spinner is left out and what the step reports is printed as it comes.
 */
export class Progress {
  readonly #terminal: Terminal;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  async step<T>(title: string, work: (report: Report) => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    const spinner = this.#terminal.isTTY === true ? this.#spin(title) : undefined;
    const report = spinner?.report ?? ((line: string) => this.#print(`    ${line}`));
    try {
      const result = await work(report);
      spinner?.stop();
      this.#print(`  ✓ ${title}  ${seconds(startedAt)}`);
      return result;
    } catch (error) {
      spinner?.stop();
      this.#print(`  ✗ ${title}`);
      throw error;
    }
  }

  #spin(title: string): { report: Report; stop: () => void } {
    let [frame, detail] = [0, ''];
    const draw = (): void => {
      const text = `  ${FRAMES[frame++ % FRAMES.length]} ${title}  ${detail}`;
      this.#terminal.write(CLEAR_LINE + text.slice(0, (this.#terminal.columns ?? 80) - 1));
    };
    draw();
    const timer = setInterval(draw, FRAME_MS);
    return {
      report: (line) => (detail = line),
      stop: () => {
        clearInterval(timer);
        this.#terminal.write(CLEAR_LINE);
      },
    };
  }

  #print(line: string): void {
    this.#terminal.write(`${line}\n`);
  }
}

export function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
