import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { Clock } from '../clock.ts';
import { OutputFile } from './output-file.ts';

export interface SpillOptions {
  readonly stdoutPath: string;
  readonly stderrPath: string;
  /** For each of the two. */
  readonly outputCapBytes: number;
}

/** Moves a child's output into files, no faster than the disk takes it, so that a flood waits in the child's own pipe. */
export class OutputSpill {
  /** Resolves when nobody holds the child's pipes any more, which may be long after the child's end. */
  readonly closed: Promise<void>;
  readonly #streams: Readable[];
  readonly #stdout: OutputFile;
  readonly #stderr: OutputFile;
  readonly #clock: Clock;
  #lastAt: number;

  constructor(child: ChildProcess, options: SpillOptions & { readonly clock: Clock }) {
    this.#clock = options.clock;
    this.#lastAt = options.clock.monotonic();
    this.#stdout = new OutputFile(options.stdoutPath, options.outputCapBytes);
    this.#stderr = new OutputFile(options.stderrPath, options.outputCapBytes);
    this.#streams = [child.stdout, child.stderr].filter((stream) => stream !== null);
    const copies = [this.#copy(child.stdout, this.#stdout), this.#copy(child.stderr, this.#stderr)];
    this.closed = Promise.all(copies).then(() => undefined);
  }

  /** When the child last wrote something (or was started), on the clock's monotonic scale. */
  get lastAt(): number {
    return this.#lastAt;
  }

  /** Lets go of the pipes, whoever else may hold them, and closes the files. */
  async finish(): Promise<{ stdoutBytes: number; stderrBytes: number; outputProblem?: unknown }> {
    for (const stream of this.#streams) stream.destroy();
    await this.closed;
    await Promise.all([this.#stdout.close(), this.#stderr.close()]);
    const outputProblem = this.#stdout.problem ?? this.#stderr.problem;
    return {
      stdoutBytes: this.#stdout.totalBytes,
      stderrBytes: this.#stderr.totalBytes,
      ...(outputProblem === undefined ? {} : { outputProblem }),
    };
  }

  async #copy(stream: Readable | null, file: OutputFile): Promise<void> {
    if (stream === null) return;
    try {
      for await (const chunk of stream as AsyncIterable<Uint8Array>) {
        this.#lastAt = this.#clock.monotonic();
        await file.write(chunk);
      }
    } catch {
      // A pipe ends with an error when `finish` lets go of it; what came before is counted and kept.
    }
  }
}
