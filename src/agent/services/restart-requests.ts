import { existsSync, mkdirSync, readdirSync, rmSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log.ts';
import { sleepOrRing } from '../../lib/sleep-or-ring.ts';
import { Wakeup } from '../../lib/wakeup.ts';

/** Should file events not be had, or one be lost. */
const LOOK_AGAIN_MS = 15 * 60_000;
const LOOK_UNWATCHED_MS = 5_000;

export interface TakeOptions {
  readonly onRequest: (service: string) => void;
  readonly clock: Clock;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Services that somebody at this endpoint wants started anew: an empty file for each, until an agent takes it. */
export class RestartRequests {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
  }

  ask(service: string): void {
    mkdirSync(this.#dir, { recursive: true, mode: 0o700 });
    writeFileSync(join(this.#dir, service), '');
  }

  isTaken(service: string): boolean {
    return !existsSync(join(this.#dir, service));
  }

  /** Passes on what is asked for, until `signal`. */
  async takeAll({ onRequest, clock, log, signal }: TakeOptions): Promise<void> {
    const bell = new Wakeup();
    const stopWatching = this.#watch(() => bell.ring(), log);
    try {
      for (;;) {
        for (const service of this.#take()) onRequest(service);
        const waitMs = stopWatching === undefined ? LOOK_UNWATCHED_MS : LOOK_AGAIN_MS;
        await sleepOrRing(waitMs, { clock, bell, signal });
      }
    } finally {
      stopWatching?.();
    }
  }

  #take(): string[] {
    try {
      const services = readdirSync(this.#dir);
      for (const service of services) rmSync(join(this.#dir, service), { force: true, recursive: true });
      return services;
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
      log.warn('service.unwatched', 'File events are not to be had; requests are noticed late', {
        err: error,
      });
      return undefined;
    }
  }
}
