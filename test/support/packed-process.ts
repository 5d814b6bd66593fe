import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { waitFor } from './wait-for.ts';

export interface Outcome {
  /** Null when it was killed. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProcessOptions {
  cwd: string;
  env?: Readonly<Record<string, string>>;
}

/** A running executable and what it has said so far. Whoever starts one ends it. */
export class PackedProcess {
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  #stdout = '';
  #stderr = '';

  constructor(path: string, args: readonly string[], { cwd, env = {} }: ProcessOptions) {
    this.#child = spawn(path, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.#stdout += text));
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.#stderr += text));
    this.#closed = once(this.#child, 'close');
  }

  get stdout(): string {
    return this.#stdout;
  }

  get stderr(): string {
    return this.#stderr;
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  async outcome(): Promise<Outcome> {
    await this.#closed;
    return { code: this.#child.exitCode, stdout: this.#stdout, stderr: this.#stderr };
  }

  /** Asks it to end and waits until it has. */
  async stop(): Promise<Outcome> {
    this.#child.kill('SIGTERM');
    return await this.outcome();
  }

  /** A power cut for this process: the signal has been sent on return, its end is in `outcome`. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }

  /** What `read` finds in its output, as soon as it does; fails with all that it said when it ends without. */
  async said<T>(read: () => T | undefined, what: string): Promise<T> {
    const found = await waitFor(() => read() ?? this.hasEnded, { what });
    if (found !== true) return found;
    throw new Error(`It ended without ${what}:\n${this.#stdout}${this.#stderr}`);
  }
}
