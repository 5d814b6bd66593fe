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

/**
 * Watches until it is clear what the version is worth. A network that is away is nobody's fault: as long as the watching version
 * does not reach the server either, the time to check in does not run.
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

  constructor(options: JudgeOptions) {
    this.#options = options;
    this.#lookedAt = this.#quietSince = this.#couldSince = options.clock.monotonic();
    this.#beat = options.suspect.heartbeat();
  }

  async look(): Promise<Verdict | undefined> {
    const { suspect, clock, probationMs, hangMs, checkinMs } = this.#options;
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
    return now - this.#couldSince >= checkinMs ? await this.#judgeSilence() : undefined;
  }

  async #judgeSilence(): Promise<Verdict | undefined> {
    const { reachesServer, checkinMs, clock, suspect, signal } = this.#options;
    const isReachable = await reachesServer(signal);
    this.#lookedAt = clock.monotonic(); // asking may have taken a while
    if (suspect.hasCheckedIn()) return undefined;
    if (isReachable) {
      const seconds = Math.round(checkinMs / 1000);
      return bad(
        'no-checkin',
        `It did not check in within ${seconds} s, while the version before it reaches the server`,
      );
    }
    this.#couldSince = clock.monotonic();
    return undefined;
  }
}

function bad(why: 'crashed' | 'hangs' | 'no-checkin', reason: string): Verdict {
  return { kind: 'bad', why, reason };
}
