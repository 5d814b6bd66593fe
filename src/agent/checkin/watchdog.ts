/** Calls `onSilence` once when nothing was heard for `limitMs`. Hearing something costs next to nothing: the timer is only pushed back. */
export class Watchdog {
  readonly #timer: NodeJS.Timeout;

  constructor(limitMs: number, onSilence: () => void) {
    this.#timer = setTimeout(onSilence, limitMs);
  }

  heard(): void {
    this.#timer.refresh();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
