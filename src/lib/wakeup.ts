/**
 * A level-triggered bell: `ring` says "look again", and carries nothing, so that a lost or doubled one is harmless.
 * It wakes all who wait; while nobody waits, one ring is remembered.
 */
export class Wakeup {
  readonly #waiters = new Set<() => void>();
  #rung = false;

  ring(): void {
    this.#rung = this.#waiters.size === 0;
    for (const wake of this.#waiters) wake();
    this.#waiters.clear();
  }

  /** Resolves at the next ring (at once if one is remembered); rejects with `signal.reason` when aborted. */
  async wait(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#rung) {
      this.#rung = false;
      return;
    }
    await this.#nextRing(signal);
  }

  #nextRing(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const wake = (): void => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      const onAbort = (): void => {
        this.#waiters.delete(wake);
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiters.add(wake);
    });
  }
}
