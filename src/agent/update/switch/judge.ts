import type { Clock } from '../../../lib/clock.ts';

/** What can be seen of a version on probation from outside. */
export interface Suspect {
  isAlive(): Promise<boolean>;
  /** Changes as long as its event loop turns; undefined before it does for the first time. */
  heartbeat(): number | undefined;
  /** Whether it has checked in since it was started. */
  hasCheckedIn(): boolean;
  /** Whether it was asked to stop, and has ended or is about to. */
  isStopping(): boolean;
}

export interface ProbationLimits {
  /** With a sign of life so long after it checked in, it is proven. */
  readonly probationMs: number;
  /** Without a heartbeat for so long, it hangs. */
  readonly hangMs: number;
  /** So long it may take to check in, with a server that can be reached. */
  readonly checkinMs: number;
}

export interface JudgeOptions extends ProbationLimits {
  readonly suspect: Suspect;
  /** Whether the version that watches reaches the server from here, with the same identity. */
  readonly reachesServer: (signal: AbortSignal) => Promise<boolean>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export type Verdict =
  | { readonly kind: 'proven' }
  /** It was asked to stop: its probation goes on when it is started again. */
  | { readonly kind: 'adjourned' }
  /** It ended before it gave any sign of life, and so before it could have said that it was asked to stop. */
  | { readonly kind: 'unseen' }
  | { readonly kind: 'bad'; readonly why: 'crashed' | 'hangs' | 'no-checkin'; readonly reason: string };

const LOOK_MS = 250;
/** A machine that was suspended shows a long pause and no heartbeat in it: the version gets its time anew. */
const PAUSE_MS = 5000;
/** So often the watching version tries to reach a server that is there, as long as the other has not checked in. */
const ASK_EVERY_MS = 5000;
/** An agent that has tried in vain for a while makes pauses that grow to this, and may have just begun one when the network is back. */
const LONGEST_PAUSE_MS = 5 * 60_000;

/**
 * Watches until it is clear what the version is worth. A network that is away is nobody's fault: the time to check in runs only
 * while the watching version reaches the server, and is longer once it did not.
 */
export async function judge(options: JudgeOptions): Promise<Verdict> {
  const { suspect, clock, signal } = options;
  const watch = new Watch(options);
  for (;;) {
    if (suspect.isStopping()) return { kind: 'adjourned' };
    if (!(await suspect.isAlive())) return judgeEnd(suspect);
    const verdict = await watch.look();
    if (verdict !== undefined) return verdict;
    await clock.sleep(LOOK_MS, signal);
  }
}

/** What it said last may have been said after the last look. */
function judgeEnd(suspect: Suspect): Verdict {
  if (suspect.isStopping()) return { kind: 'adjourned' };
  return suspect.heartbeat() === undefined ? { kind: 'unseen' } : bad('crashed', 'It ended by itself');
}

class Watch {
  readonly #options: JudgeOptions;
  #lookedAt: number;
  #beat: number | undefined;
  #beatAt = -Infinity;
  /** A pause of this process ends it as well. */
  #quietSince: number;
  #checkedInAt: number | undefined;
  /** Since when it could have checked in. */
  #couldSince: number;
  #patienceMs: number;
  #askAt: number;

  constructor(options: JudgeOptions) {
    this.#options = options;
    this.#lookedAt = this.#quietSince = this.#couldSince = options.clock.monotonic();
    this.#beat = options.suspect.heartbeat();
    this.#patienceMs = options.checkinMs;
    this.#askAt = this.#lookedAt + ASK_EVERY_MS;
  }

  async look(): Promise<Verdict | undefined> {
    const { suspect, clock, probationMs, hangMs } = this.#options;
    const now = clock.monotonic();
    if (now - this.#lookedAt > PAUSE_MS) this.#quietSince = this.#couldSince = now;
    this.#lookedAt = now;
    const beat = suspect.heartbeat();
    if (beat !== this.#beat) this.#beatAt = this.#quietSince = now;
    this.#beat = beat;
    if (now - this.#quietSince >= hangMs) {
      return bad('hangs', `It gave no sign of life for ${Math.round(hangMs / 1000)} s`);
    }
    if (suspect.hasCheckedIn()) this.#checkedInAt ??= now;
    if (this.#checkedInAt !== undefined) {
      return this.#beatAt - this.#checkedInAt >= probationMs ? { kind: 'proven' } : undefined;
    }
    return now >= this.#askAt ? await this.#judgeSilence() : undefined;
  }

  async #judgeSilence(): Promise<Verdict | undefined> {
    const { reachesServer, checkinMs, clock, suspect, signal } = this.#options;
    const askedAt = clock.monotonic();
    const hasAnswered = await reachesServer(signal);
    const now = (this.#lookedAt = clock.monotonic());
    // What was answered late may have been on its way while the network was away.
    const isReachable = hasAnswered && now - askedAt < ASK_EVERY_MS;
    this.#askAt = now + (isReachable ? ASK_EVERY_MS : checkinMs);
    if (suspect.hasCheckedIn()) return undefined;
    if (!isReachable) {
      this.#couldSince = now;
      this.#patienceMs = checkinMs + LONGEST_PAUSE_MS;
      return undefined;
    }
    const waitedMs = now - this.#couldSince;
    if (waitedMs < this.#patienceMs) return undefined;
    const seconds = Math.round(waitedMs / 1000);
    return bad(
      'no-checkin',
      `It did not check in within ${seconds} s, while the version before it reaches the server`,
    );
  }
}

function bad(why: 'crashed' | 'hangs' | 'no-checkin', reason: string): Verdict {
  return { kind: 'bad', why, reason };
}
