import { existsSync, mkdirSync, readdirSync, rmSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from './clock.ts';
import type { Logger } from './log.ts';
import { sleepOrRing } from './sleep-or-ring.ts';
import { Wakeup } from './wakeup.ts';

/** Should file events not be had, or one be lost. */
const LOOK_AGAIN_MS = 15 * 60_000;
const LOOK_UNWATCHED_MS = 5_000;

export interface TakeOptions {
  readonly onRequest: (what: string) => void;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** What somebody asks of a program that runs already: an empty file for each thing, until the program takes it. */
export class RequestFiles {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
  }

  ask(what: string): void {
    mkdirSync(this.#dir, { recursive: true, mode: 0o700 });
    writeFileSync(join(this.#dir, what), '');
  }

  isTaken(what: string): boolean {
    return !existsSync(join(this.#dir, what));
  }

  /** Passes on what is asked for, until `signal`. */
  async takeAll({ onRequest, clock, log, signal }: TakeOptions): Promise<void> {
    const bell = new Wakeup();
    const stopWatching = this.#watch(() => bell.ring(), log);
    try {
      for (;;) {
        for (const what of this.#take()) onRequest(what);
        const waitMs = stopWatching === undefined ? LOOK_UNWATCHED_MS : LOOK_AGAIN_MS;
        await sleepOrRing(waitMs, { clock, bell, signal });
      }
    } finally {
      stopWatching?.();
    }
  }

  #take(): string[] {
    try {
      const asked = readdirSync(this.#dir);
      for (const what of asked) rmSync(join(this.#dir, what), { force: true, recursive: true });
      return asked;
    } catch {
      return []; // somebody has removed the folder; nothing is asked for
    }
  }

  #watch(onChange: () => void, log: Logger): (() => void) | undefined {
    try {
      mkdirSync(this.#dir, { recursive: true, mode: 0o700 });
      const watcher = watch(this.#dir, { persistent: false }, onChange);
      watcher.on('error', onChange);
      return () => watcher.close();
    } catch (error) {
      log.warn('requests.unwatched', 'File events are not to be had; requests are noticed late', {
        err: error,
      });
      return undefined;
    }
  }
}
