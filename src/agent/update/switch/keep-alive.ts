import type { Clock } from '../../../lib/clock.ts';
import { signalAlive, signalCheckedIn, signalStopping } from './signs.ts';
import { loadSwitch } from './switch-file.ts';

export interface KeepAliveOptions {
  readonly stateDir: string;
  /** Of this process. */
  readonly version: string;
  readonly pid: number;
  readonly isCheckedIn: () => boolean;
  /** Whether somebody asks the agent to stop. */
  readonly stop: AbortSignal;
  /** Stops the agent, because another version is to run. */
  readonly makeRoom: () => void;
  readonly clock: Clock;
}

const BEAT_MS = 2000;

/** On probation, tells the guard that this version lives, or that its end is none of its own. Ends with the probation. */
export async function keepAlive(options: KeepAliveOptions, signal: AbortSignal): Promise<void> {
  const { stateDir, version, pid, isCheckedIn, stop, makeRoom, clock } = options;
  if (!isOnProbation(stateDir, version)) return;
  const onStop = (): void => attempt(() => signalStopping(stateDir, pid));
  if (stop.aborted) onStop();
  stop.addEventListener('abort', onStop, { once: true });
  try {
    while (isOnProbation(stateDir, version)) {
      attempt(() => signalAlive(stateDir));
      if (isCheckedIn()) attempt(() => signalCheckedIn(stateDir));
      await clock.sleep(BEAT_MS, signal);
    }
    if (loadSwitch(stateDir)?.current !== version) makeRoom();
  } finally {
    stop.removeEventListener('abort', onStop);
  }
}

export function isOnProbation(stateDir: string, version: string): boolean {
  return loadSwitch(stateDir)?.probation?.version === version;
}

function attempt(sign: () => void): void {
  try {
    sign();
  } catch {
    // A sign that cannot be given must not end the agent; the guard decides without it.
  }
}
