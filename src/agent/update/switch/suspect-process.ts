import type { Clock } from '../../../lib/clock.ts';
import type { Platform } from '../../../platform/platform.ts';
import type { GuardOrder } from './guard-order.ts';
import type { Suspect } from './judge.ts';
import { hasCheckedIn, isStopping, lastAlive } from './signs.ts';

/** Some systems start programs to tell it; whether the process ID is in use costs nothing. */
const IDENTITY_EVERY_MS = 2000;

/** A version on probation, seen from another process. */
export class SuspectProcess implements Suspect {
  readonly #order: GuardOrder;
  readonly #platform: Pick<Platform, 'processIdentity'>;
  readonly #clock: Pick<Clock, 'monotonic'>;
  #identifiedAt = -Infinity;

  constructor(
    order: GuardOrder,
    deps: { platform: Pick<Platform, 'processIdentity'>; clock: Pick<Clock, 'monotonic'> },
  ) {
    this.#order = order;
    this.#platform = deps.platform;
    this.#clock = deps.clock;
  }

  async isAlive(): Promise<boolean> {
    if (!isInUse(this.#order.pid)) return false;
    const now = this.#clock.monotonic();
    if (now - this.#identifiedAt < IDENTITY_EVERY_MS) return true;
    const isSame = await this.#isSame();
    if (isSame) this.#identifiedAt = now;
    return isSame;
  }

  heartbeat(): number | undefined {
    return lastAlive(this.#order.stateDir);
  }

  hasCheckedIn(): boolean {
    return hasCheckedIn(this.#order.stateDir);
  }

  isStopping(): boolean {
    return isStopping(this.#order.stateDir, this.#order.pid);
  }

  async kill(): Promise<void> {
    if (!isInUse(this.#order.pid) || !(await this.#isSame())) return;
    try {
      process.kill(this.#order.pid, 'SIGKILL');
    } catch {
      // it has ended in between
    }
  }

  async #isSame(): Promise<boolean> {
    const { pid, identity } = this.#order;
    return identity === undefined || (await this.#platform.processIdentity(pid)) === identity;
  }
}

function isInUse(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
