import type { Logger } from '../../lib/log.ts';
import { Stopped, isAbortOf } from '../../lib/stopped.ts';
import type { FollowFrame, LogFrame } from '../../protocol/schemas/frames.ts';
import type { UnitIntake } from './unit-intake.ts';

export interface LogFollowersOptions {
  readonly units: Pick<UnitIntake, 'follow'>;
  readonly log: Logger;
}

/** Those at the server who watch a log, for as long as one connection lasts. */
export class LogFollowers {
  readonly #options: LogFollowersOptions;
  readonly #send: (frame: LogFrame) => void;
  /** By followID. */
  readonly #active = new Map<string, AbortController>();

  constructor(options: LogFollowersOptions, send: (frame: LogFrame) => void) {
    this.#options = options;
    this.#send = send;
  }

  /** A repeated beginning is a no-op, as is the end of what is over. */
  heed(request: FollowFrame): void {
    const { followID, on } = request;
    if (!on) this.#active.get(followID)?.abort(new Stopped('shutdown'));
    else if (!this.#active.has(followID)) void this.#follow(request);
  }

  endAll(): void {
    for (const stop of this.#active.values()) stop.abort(new Stopped('shutdown'));
  }

  async #follow(request: FollowFrame): Promise<void> {
    const { followID, service } = request;
    const stop = new AbortController();
    this.#active.set(followID, stop);
    try {
      await this.#options.units.follow(request, this.#send, stop.signal);
    } catch (error) {
      if (isAbortOf(stop.signal, error)) return;
      this.#options.log.warn('checkin.follow-failed', 'A log cannot be followed', { service, err: error });
      this.#send({ kind: 'log', followID, text: '', end: 'The log cannot be read' });
    } finally {
      this.#active.delete(followID);
    }
  }
}
