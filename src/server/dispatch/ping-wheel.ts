/** Something that wants to be reminded once per turn of the wheel. */
export interface Pinged {
  ping(): void;
}

const SLOTS = 25;

/**
 * One timer for all connections: a wheel of slots, of which one is due at each tick. A connection sits in the slot that
 * is due a whole turn after it came, so its pings are `intervalMs` apart, and those of many are spread evenly.
 */
export class PingWheel {
  readonly #intervalMs: number;
  readonly #slots: Set<Pinged>[] = Array.from({ length: SLOTS }, () => new Set());
  #position = 0;
  #members = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(intervalMs: number) {
    this.#intervalMs = intervalMs;
  }

  /** The function it gives back takes `member` off the wheel. */
  add(member: Pinged): () => void {
    const slot = this.#slots[this.#position];
    slot?.add(member);
    this.#members += 1;
    this.#timer ??= setInterval(() => this.#tick(), this.#intervalMs / SLOTS).unref();
    return () => {
      if (slot?.delete(member) === true) this.#leave();
    };
  }

  #leave(): void {
    this.#members -= 1;
    if (this.#members > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    this.#position = (this.#position + 1) % SLOTS;
    for (const member of [...(this.#slots[this.#position] ?? [])]) member.ping();
  }
}
