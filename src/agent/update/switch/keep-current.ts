import type { Clock } from '../../../lib/clock.ts';
import { EXIT } from '../../../lib/exit-codes.ts';
import { isAbortOf } from '../../../lib/stopped.ts';
import { handOver, isReplaced, type HandOverOptions } from './hand-over.ts';
import { isOnProbation } from './keep-alive.ts';

export interface KeepCurrentOptions extends HandOverOptions {
  /** Aborted when the agent is to stop, whichever version it is. */
  readonly stop: AbortSignal;
  readonly clock: Clock;
}

/** A guard looks several times a second; one that has just been started takes a while until it does. */
const VERDICT_PATIENCE_MS = 5_000;
const LOOK_MS = 100;

/**
 * As `handOver`, where a process cannot become another: this one stays, and runs the current version as its child, again and again,
 * until it is asked to stop or the agent fails. What is next to run is decided by switch.json alone, however a child ended.
 */
export async function keepCurrent(options: KeepCurrentOptions): Promise<number | undefined> {
  const { stateDir, own, stop, watch } = options;
  // Brought back by us, it needs nobody else who could.
  const kept: HandOverOptions = {
    ...options,
    watch: async ({ version, pid }) => await watch({ version, pid }),
  };
  let startsAnew = options.startsAnew || isOnProbation(stateDir, own);
  for (;;) {
    const ended = await handOver({ ...kept, startsAnew });
    if (ended === undefined) return options.startsAnew ? EXIT.internal : undefined;
    const { version, exitCode } = ended;
    if (stop.aborted) return exitCode;
    if (isOnProbation(stateDir, version)) {
      if (!(await awaitVerdict(version, options))) return EXIT.ok;
    } else if (!isReplaced({ stateDir, version })) {
      // What ends without being asked to has failed, whatever it says.
      return exitCode === EXIT.ok ? EXIT.internal : exitCode;
    }
    startsAnew = true;
  }
}

/** Waits a while for the guard's verdict: without one it is started again, and that is counted. False when it is to stop meanwhile. */
async function awaitVerdict(
  version: string,
  { stateDir, clock, stop }: KeepCurrentOptions,
): Promise<boolean> {
  const deadline = clock.monotonic() + VERDICT_PATIENCE_MS;
  try {
    while (isOnProbation(stateDir, version) && clock.monotonic() < deadline) await clock.sleep(LOOK_MS, stop);
    return true;
  } catch (error) {
    if (isAbortOf(stop, error)) return false;
    throw error;
  }
}
