import { existsSync, mkdirSync, readFileSync, renameSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemErrorCode } from '../../lib/errors.ts';
import type { TreeMark } from '../../platform/platform.ts';

/** How much of a service's output is kept: one file of so many bytes, and so many older ones. */
export interface LogLimits {
  readonly maxBytes: number;
  readonly files: number;
}

/** Where a shepherd and an agent meet over one run; `ShepherdOrder` says what each file means. */
export class RunFolder {
  readonly dir: string;
  readonly #shepherdPath: string;
  readonly #programPath: string;
  readonly #exitPath: string;

  constructor(dir: string) {
    this.dir = dir;
    this.#shepherdPath = join(dir, 'shepherd');
    this.#programPath = join(dir, 'program');
    this.#exitPath = join(dir, 'exit');
  }

  /** Carried by the program and all its descendants, but not by the shepherd. */
  get mark(): TreeMark {
    return { name: 'COMMANDER_SERVICE', value: this.dir };
  }

  make(): void {
    mkdirSync(this.dir, { recursive: true, mode: 0o700 });
  }

  /** While a program runs, this holds from some later output on. */
  limitLog({ maxBytes, files }: LogLimits): void {
    const path = join(this.dir, 'log-limits');
    writeFileSync(`${path}.part`, `${maxBytes} ${files}\n`);
    renameSync(`${path}.part`, path);
  }

  /** Takes the folder's one token, so that no shepherd will start anything here any more; false when one has it already. */
  close(): boolean {
    if (!existsSync(this.dir)) return true; // without it a shepherd cannot have the token either
    try {
      writeFileSync(this.#shepherdPath, '', { flag: 'wx' });
      return true;
    } catch (error) {
      if (systemErrorCode(error) === 'EEXIST') return false;
      throw error;
    }
  }

  /** The identity of the shepherd that has the token, in the words of `Platform.processIdentity`. */
  shepherd(): { pid: number; identity: string } | undefined {
    const identity = this.#read(this.#shepherdPath)?.trim().replace(/\s+/g, ' ');
    if (identity === undefined || identity === '') return undefined;
    return { pid: parseInt(identity, 10), identity };
  }

  programPid(): number | undefined {
    const pid = parseInt(this.#read(this.#programPath) ?? '', 10);
    return Number.isNaN(pid) ? undefined : pid;
  }

  exitCode(): number | undefined {
    const code = parseInt(this.#read(this.#exitPath) ?? '', 10);
    return Number.isNaN(code) ? undefined : code;
  }

  /** Calls `onChange` at changes in the folder, and returns how to end that. @throws system errors, when there can be no more watches */
  watch(onChange: () => void): () => void {
    const watcher = watch(this.dir, { persistent: false }, onChange);
    watcher.on('error', onChange); // the folder is gone; whoever looks sees it
    return () => watcher.close();
  }

  #read(path: string): string | undefined {
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      if (systemErrorCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  }
}
