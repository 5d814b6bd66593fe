import type { Clock } from '../../lib/clock.ts';
import type { AgentStore } from '../../store/server/agent-store.ts';

/** Each costs a TLS handshake, while everything else goes on. */
const RETURNS_PER_SECOND = 5;
/** The most that an admin has to wait for an agent after a restart. */
const LONGEST_SECONDS = 300;
const COUNT_AGAIN_MS = 60_000;

/**
 * Over how many seconds agents should spread their return after a restart of this server. From all agents and not from those
 * connected: the first to come back would be told too little, and come all at once the next time.
 */
export class ReturnSpread {
  readonly #agents: Pick<AgentStore, 'count'>;
  readonly #clock: Pick<Clock, 'monotonic'>;
  #countedAtMs = -Infinity;
  #seconds = 0;

  constructor({ agents, clock }: { agents: Pick<AgentStore, 'count'>; clock: Pick<Clock, 'monotonic'> }) {
    this.#agents = agents;
    this.#clock = clock;
  }

  /** As last counted; the very first to ask are told 0, and use their own. */
  seconds(): number {
    const now = this.#clock.monotonic();
    if (now - this.#countedAtMs >= COUNT_AGAIN_MS) {
      this.#countedAtMs = now;
      // A store that fails is heard of elsewhere.
      this.#agents.count().then(
        (agents) => (this.#seconds = Math.min(LONGEST_SECONDS, Math.floor(agents / RETURNS_PER_SECOND))),
        () => undefined,
      );
    }
    return this.#seconds;
  }
}
