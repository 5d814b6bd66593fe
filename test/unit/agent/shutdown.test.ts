import { describe, expect, test } from '@jest/globals';
import { drainAfterStop, type ShutdownOptions } from '../../../src/agent/shutdown.ts';
import { silentLogger } from '../../../src/lib/log.ts';
import { Stopped, type StopReason } from '../../../src/lib/stopped.ts';
import type { SupervisorNews } from '../../../src/platform/service/supervisor.ts';
import type { Job, JobPhase } from '../../../src/store/agent/job-journal.ts';

const GRACE_MS = 30_000;

/** An agent that may be asked to stop. Its jobs end, and time passes, when a test says so. */
class StoppingAgent {
  readonly stop = new AbortController();
  readonly stopNow = new AbortController();
  readonly siblings = new AbortController();
  readonly jobs = Promise.withResolvers<undefined>();
  readonly heard: SupervisorNews[] = [];
  /** What is in the journal. */
  phases: JobPhase[] = [];
  /** Resolved by a test to let the grace pass. */
  readonly grace = Promise.withResolvers<undefined>();
  readonly sleptMs: number[] = [];
  /** Timers that nobody has ended. */
  sleepers = 0;
  nowMs = 0;
  drains = 0;
  isOver = false;
  readonly over: Promise<void>;

  /** `why` it was asked to stop before it had begun to listen for that, if it was. */
  constructor(why?: StopReason) {
    if (why !== undefined) this.stop.abort(new Stopped(why));
    this.over = drainAfterStop(this.#options(), this.siblings.signal).finally(() => (this.isOver = true));
    this.over.catch(() => undefined);
  }

  /** Until all that is due has run. */
  async settled(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
  }

  async askedTo(why: StopReason = 'shutdown'): Promise<void> {
    this.stop.abort(new Stopped(why));
    await this.settled();
  }

  #options(): ShutdownOptions {
    return {
      stop: this.stop.signal,
      stopNow: this.stopNow.signal,
      graceMs: GRACE_MS,
      pipeline: { drain: () => this.#drain() },
      journal: { active: () => this.phases.map((phase) => ({ phase }) as Job) },
      supervisor: { tell: (news) => void this.heard.push(news) },
      clock: {
        now: () => 0,
        monotonic: () => this.nowMs,
        sleep: (ms, signal) => this.#sleep(ms, signal),
      },
      log: silentLogger,
    };
  }

  async #drain(): Promise<void> {
    this.drains += 1;
    await this.jobs.promise;
  }

  async #sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.sleptMs.push(ms);
    const aborted = new Promise<never>((_, reject) => {
      if (signal?.aborted === true) reject(signal.reason as Error);
      signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    });
    this.sleepers += 1;
    try {
      await Promise.race([this.sleptMs.length === 1 ? this.grace.promise : this.#pass(ms), aborted]);
    } finally {
      this.sleepers -= 1;
    }
  }

  async #pass(ms: number): Promise<void> {
    await this.settled();
    this.nowMs += ms;
  }
}

test('until it is asked to stop, jobs go on being taken and nobody is told anything', async () => {
  const agent = new StoppingAgent();
  await agent.settled();
  expect([agent.drains, agent.heard, agent.isOver]).toEqual([0, [], false]);
});

describe('asked to stop', () => {
  test('it says so, takes no more jobs, and waits for those that run', async () => {
    const agent = new StoppingAgent();
    await agent.askedTo();
    expect([agent.drains, agent.heard, agent.isOver]).toEqual([1, ['draining'], false]);
    agent.jobs.resolve(undefined);
    await agent.over;
    await agent.settled();
    expect(agent.sleepers).toBe(0);
  });

  test('before it had begun to listen, it hears it all the same', async () => {
    const agent = new StoppingAgent('shutdown');
    await agent.settled();
    expect(agent.heard).toEqual(['draining']);
    agent.jobs.resolve(undefined);
    await agent.over;
  });

  test.each<[StopReason, number]>([
    ['shutdown', GRACE_MS],
    ['update', Infinity],
  ])('for the reason "%s" it gives jobs %d ms', async (why, graceMs) => {
    const agent = new StoppingAgent();
    await agent.askedTo(why);
    expect(agent.sleptMs).toEqual([graceMs]);
    agent.grace.resolve(undefined);
    await agent.over;
  });

  test('a second time, it waits for nothing', async () => {
    const agent = new StoppingAgent();
    agent.phases = ['running', 'exited'];
    await agent.askedTo('update');
    agent.stopNow.abort(new Stopped('shutdown'));
    await agent.over;
    expect(agent.nowMs).toBe(0);
  });

  test('results of jobs that have just ended get out first', async () => {
    const agent = new StoppingAgent();
    agent.phases = ['exited'];
    await agent.askedTo();
    agent.jobs.resolve(undefined);
    await agent.settled();
    expect(agent.isOver).toBe(false);
    agent.phases = ['reported'];
    await agent.over;
    expect(agent.nowMs).toBeLessThan(100);
  });

  test('results that nobody takes hold it up for no more than a second', async () => {
    const agent = new StoppingAgent();
    agent.phases = ['exited'];
    await agent.askedTo();
    agent.jobs.resolve(undefined);
    await agent.over;
    expect(agent.nowMs).toBe(1000);
  });
});

test('when another part of the agent fails, that is the end, whatever it was waiting for', async () => {
  const agent = new StoppingAgent();
  agent.siblings.abort(new Stopped('sibling-failed'));
  await expect(agent.over).rejects.toMatchObject({ why: 'sibling-failed' });
  expect(agent.drains).toBe(0);
});

test('and no job is waited for any longer either', async () => {
  const agent = new StoppingAgent();
  await agent.askedTo('update');
  agent.siblings.abort(new Stopped('sibling-failed'));
  await agent.over;
});
