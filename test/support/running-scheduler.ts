import { Scheduler, type SchedulerOptions } from '../../src/agent/schedule/scheduler.ts';
import { silentLogger } from '../../src/lib/log.ts';
import { runLoops } from '../../src/lib/loops.ts';
import { Stopped } from '../../src/lib/stopped.ts';
import type { TaskSpec } from '../../src/protocol/schemas/desired.ts';
import type { JobOutcome } from '../../src/protocol/schemas/job.ts';
import type { Cleanup } from './cleanup.ts';
import { MemoryJobJournal } from './memory-job-journal.ts';
import { MemoryScheduleStore } from './memory-schedule-store.ts';
import type { VirtualClock } from './virtual-clock.ts';

export interface SchedulerWorld {
  readonly clock: VirtualClock;
  readonly journal: MemoryJobJournal;
  readonly store: MemoryScheduleStore;
  /** Wall times at which runs went into the journal, ISO 8601 without the milliseconds. */
  readonly started: string[];
  readonly canceled: string[];
  /** What becomes of a run at once; undefined when it goes on until `end`. */
  outcome: JobOutcome | undefined;
}

export function makeSchedulerWorld(clock: VirtualClock): SchedulerWorld {
  return {
    clock,
    journal: new MemoryJobJournal(clock),
    store: new MemoryScheduleStore(),
    started: [],
    canceled: [],
    outcome: 'succeeded',
  };
}

export interface RunningScheduler {
  readonly scheduler: Scheduler;
  readonly stop: () => Promise<void>;
}

/** An agent's scheduler in a world that outlives it; stopped at the latest when the test ends. */
export async function runScheduler(
  onEnd: (cleanup: Cleanup) => void,
  world: SchedulerWorld,
  { tasks, ...more }: { tasks: readonly TaskSpec[] } & Partial<SchedulerOptions>,
): Promise<RunningScheduler> {
  const { clock, journal, store } = world;
  const scheduler = new Scheduler({
    agentID: 'agent-1',
    ...{ store, journal, clock, random: () => 0.5, log: silentLogger },
    accept: (assignments) => {
      for (const { jobID } of journal.accept(assignments)) {
        world.started.push(new Date(clock.now()).toISOString().slice(0, 19));
        if (world.outcome === undefined) continue;
        endJob(world, jobID, world.outcome);
        queueMicrotask(() => scheduler.wake());
      }
    },
    cancel: (jobIDs) => void world.canceled.push(...journal.requestCancel(jobIDs)),
    ...more,
  });
  scheduler.desiredChanged(tasks);
  const halt = new AbortController();
  const running = runLoops(halt.signal, { scheduler: async (signal) => await scheduler.loop(signal) });
  const stop = async (): Promise<void> => {
    halt.abort(new Stopped('shutdown'));
    await running;
  };
  onEnd(stop);
  await clock.settled();
  return { scheduler, stop };
}

/** The pipeline has come to an end with it. */
export function endJob({ journal }: SchedulerWorld, jobID: string, outcome: JobOutcome): void {
  const job = journal.get(jobID);
  if (job === undefined) throw new Error(`There is no job "${jobID}"`);
  journal.commit(job, { phase: 'exited', result: { outcome, stdoutBytes: 0, stderrBytes: 0 } });
}
