import type { Clock } from '../../../lib/clock.ts';
import type { Logger } from '../../../lib/log.ts';
import { isInstanceLockHeld } from '../../../store/single-instance-lock.ts';
import { isOnProbation } from './keep-alive.ts';
import { guardLockPathOf } from './versions-folder.ts';

export interface StayGuardedOptions {
  readonly stateDir: string;
  /** Of this process. */
  readonly version: string;
  /** Starts a guard that watches over this process. */
  readonly beGuarded: () => Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
}

const LOOK_MS = 1000;
/** A guard that has just been started takes a while until it can be seen. */
const PATIENCE_MS = 10_000;

/** On probation, has a guard in place of one that is gone: without any, this version would stay unproven until its next start. */
export async function stayGuarded(options: StayGuardedOptions, signal: AbortSignal): Promise<void> {
  const { stateDir, version, clock, log } = options;
  let seenAt = clock.monotonic();
  while (isOnProbation(stateDir, version)) {
    try {
      if (isInstanceLockHeld(guardLockPathOf(stateDir))) {
        seenAt = clock.monotonic();
      } else if (clock.monotonic() - seenAt >= PATIENCE_MS) {
        seenAt = clock.monotonic();
        log.warn('update.unguarded', 'Nobody watches over this version; starting another guard', { version });
        await options.beGuarded();
      }
    } catch (error) {
      log.error('update.guard-failed', 'Cannot have somebody watch over this version', {
        version,
        err: error,
      });
    }
    await clock.sleep(LOOK_MS, signal);
  }
}
