import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Updater } from '../../src/agent/update/job/updater.ts';
import type { UpdaterOptions } from '../../src/agent/update/job/updater-options.ts';
import { changeSwitch, stateOf } from '../../src/agent/update/switch/switch-file.ts';
import type { SwitchState } from '../../src/agent/update/switch/switch-state.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { silentLogger } from '../../src/lib/log.ts';
import { runLoops } from '../../src/lib/loops.ts';
import { Stopped } from '../../src/lib/stopped.ts';
import type { Job } from '../../src/store/agent/job-journal.ts';
import { openAgentStore, type AgentStore } from '../../src/store/agent/open-agent-store.ts';
import type { Cleanup } from './cleanup.ts';
import { makeTempDir } from './temp-dir.ts';
import { waitFor } from './wait-for.ts';

/** An endpoint whose agent may end at any moment and be another version at the next; all that stays is on disk. */
export class UpdatingWorld {
  readonly stateDir: string;
  readonly calls: string[] = [];
  desired: string | undefined = '1.1.0';
  obtain: UpdaterOptions['obtain'] = async () => await Promise.resolve();
  preflight: UpdaterOptions['preflight'] = async () => await Promise.resolve();
  drain: () => Promise<void> = async () => await Promise.resolve();
  #end: () => Promise<void> = async () => await Promise.resolve();
  #jobs = 0;

  constructor(onEnd: (cleanup: Cleanup) => void) {
    this.stateDir = makeTempDir(onEnd);
    onEnd(async () => await this.kill());
  }

  /** A process of version `own` begins. */
  start(own: string, more: Partial<UpdaterOptions> = {}): { updater: Updater; store: AgentStore } {
    const store = openAgentStore(this.stateDir, { clock: systemClock, log: silentLogger });
    const updater = new Updater({ ...this.optionsOf(own, store), ...more });
    const halt = new AbortController();
    const running = runLoops(halt.signal, { update: async (signal) => await updater.loop(signal) });
    this.#end = async () => {
      halt.abort(new Stopped('shutdown'));
      await running;
      store.close();
      this.#end = async () => await Promise.resolve();
    };
    return { updater, store };
  }

  async kill(): Promise<void> {
    await this.#end();
  }

  get switchState(): SwitchState {
    return stateOf({ stateDir: this.stateDir, own: '1.0.0' });
  }

  change(change: (state: SwitchState) => SwitchState): void {
    changeSwitch({ stateDir: this.stateDir, own: '1.0.0' }, change);
  }

  output(jobID = 'job-1'): string {
    return readFileSync(join(this.stateDir, jobID), 'utf8');
  }

  /** Of the updater that a process of version `own` has. */
  optionsOf(own: string, { journal }: AgentStore): UpdaterOptions {
    const note = (call: string): void => void this.calls.push(call);
    return {
      ...{ stateDir: this.stateDir, own, os: 'linux', releasePlatform: 'linux-x64', journal },
      ownExecutablePath: process.execPath,
      desiredVersion: () => this.desired,
      obtain: async (wanted) => {
        note(`obtain ${wanted.version}`);
        await this.obtain(wanted);
      },
      preflight: async (candidate) => {
        note(`preflight ${candidate.version}`);
        await this.preflight(candidate);
      },
      jobs: {
        drain: async () => await this.drain(),
        resume: () => note('resume'),
        reportNews: () => note('report'),
      },
      stdoutPathOf: (jobID) => join(this.stateDir, jobID),
      makeRoom: ({ isUrgent }) => note(isUrgent ? 'make room at once' : 'make room'),
      ...{ drainMs: 50, whenBusy: 'wait', clock: systemClock, random: () => 0, log: silentLogger },
      newJobID: () => `job-${String(++this.#jobs)}`,
    };
  }
}

/** The job as it is when `is` holds. */
export async function jobWhen(
  { journal }: AgentStore,
  is: (job: Job) => boolean,
  jobID = 'job-1',
): Promise<Job> {
  return await waitFor(
    () => {
      const job = journal.get(jobID);
      return job !== undefined && is(job) ? job : undefined;
    },
    { what: `job ${jobID}` },
  );
}
