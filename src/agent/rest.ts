import type { Clock } from '../lib/clock.ts';
import type { Wakeup } from '../lib/wakeup.ts';
import type { JobIntake } from './checkin/job-intake.ts';

/** How long the agent must have had nothing to do before it counts as resting. */
const QUIET_MS = 10_000;
/** A job may run for days; looking at it ever less costs nothing. */
const LONGEST_LOOK_MS = 3_600_000;

export interface RestOptions {
  /** Rung at each thing that makes the agent work. */
  readonly activity: Wakeup;
  readonly isBusy: () => boolean;
  readonly release: () => void;
  readonly clock: Clock;
}

/** Releases what work left behind, once after each stretch of it, so that a waiting agent is small and wakes for nothing. */
export async function restAfterWork(options: RestOptions, signal: AbortSignal): Promise<never> {
  const { activity, isBusy, release, clock } = options;
  for (;;) {
    await activity.wait(signal);
    let lookAfterMs = QUIET_MS;
    do {
      await clock.sleep(lookAfterMs, signal);
      lookAfterMs = Math.min(lookAfterMs * 2, LONGEST_LOOK_MS);
    } while (isBusy());
    release();
  }
}

/** The same intake, heard by whoever waits for the agent to have nothing to do. */
export function ringing(activity: Wakeup, intake: JobIntake): JobIntake {
  return {
    accept: (assignments) => {
      activity.ring();
      intake.accept(assignments);
    },
    archivesCame: (archives) => intake.archivesCame(archives),
    cancel: (jobIDs) => intake.cancel(jobIDs),
    serverIsBack: () => {
      activity.ring();
      intake.serverIsBack();
    },
  };
}
