import { setImmediate } from 'node:timers/promises';
import { EXIT } from '../../../lib/exit-codes.ts';
import { Stopped, stopReasonOf } from '../../../lib/stopped.ts';
import type { Become } from '../../../platform/become.ts';
import { handOver, type HandOverOptions } from './hand-over.ts';
import { signalStopping } from './signs.ts';

export interface BecomeCurrentOptions extends HandOverOptions {
  /** Any of them may say that the agent is to stop, whichever version it is. */
  readonly stops: readonly AbortSignal[];
}

/** Those that have come are told between two turns of the event loop, and the first of these may have begun before they came. */
async function heardSignals(): Promise<void> {
  await setImmediate();
  await setImmediate();
}

/** As `handOver`, where a process becomes another program: that one would never hear of a signal which has come to this one. */
export async function becomeCurrent(options: BecomeCurrentOptions): Promise<number | undefined> {
  const { stateDir, pid, stops } = options;
  const become: Become = async (image, onPid) =>
    await options.become(image, async (of) => {
      await onPid?.(of);
      await heardSignals();
      if (stops.some((stop) => stopReasonOf(stop) === 'shutdown')) throw new Stopped('shutdown');
    });
  try {
    return (await handOver({ ...options, become }))?.exitCode;
  } catch (error) {
    if (!(error instanceof Stopped)) throw error;
    signalStopping(stateDir, pid); // for the guard, which may have been started by now
    return EXIT.ok;
  }
}
