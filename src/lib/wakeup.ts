/**
 * A level-triggered bell: `ring` says "look again", and carries nothing, so that a lost or doubled one is harmless.
 * A ring while nobody waits is remembered once.
 */
export class Wakeup {
  #rung = false;
  #wake: (() => void) | undefined;

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  /** Resolves at the next ring (at once if one is remembered); rejects with `signal.reason` when aborted. */
  async wait(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (!this.#rung) {
      await new Promise<void>((resolve, reject) => {
        const onAbort = (): void => reject(signal.reason as Error);
        signal.addEventListener('abort', onAbort, { once: true });
        this.#wake = () => {
          signal.removeEventListener('abort', onAbort);
          resolve();
        };
      }).finally(() => (this.#wake = undefined));
    }
    this.#rung = false;
  }
}
