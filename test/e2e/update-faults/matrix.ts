import { expect } from '@jest/globals';
import { waitFor } from '../../support/wait-for.ts';
import type { FaultCase, Injected } from './fault-case.ts';
import type { FaultWorld } from './fault-world.ts';
import { leavesNothingBehind } from './left-behind.ts';

const WITHIN_SECONDS = 60;
const REPORT_MS = 60_000;

/** What came of the cases. They run some at the same time, for most of their time they wait. */
export class FaultMatrix {
  readonly #cases: readonly FaultCase[];
  readonly #seconds = new Map<FaultCase, PromiseWithResolvers<number>>();

  constructor(cases: readonly FaultCase[]) {
    this.#cases = cases;
    for (const one of cases) {
      const result = Promise.withResolvers<number>();
      result.promise.catch(() => undefined); // whoever asks for it is told
      this.#seconds.set(one, result);
    }
  }

  /** Resolves when all have been tried. */
  async run(world: FaultWorld, { atOnce }: { atOnce: number }): Promise<void> {
    const queue = this.#cases.filter(({ whyNot }) => whyNot === undefined).values(); // shared, so that each is taken once
    await Promise.all(Array.from({ length: atOnce }, async () => await this.#runFrom(queue, world)));
  }

  /** Rejects when the endpoint did not recover, or not as it should. */
  async hasRecovered(one: FaultCase): Promise<void> {
    await this.#secondsOf(one);
  }

  /** A line for each case, and what it comes to; waits for all of them. */
  async toTable(): Promise<string> {
    const rows = await Promise.all(this.#cases.map(async (one) => ({ one, ...(await this.#resultOf(one)) })));
    const faultWidth = Math.max(...rows.map(({ one }) => one.fault.length));
    const atWidth = Math.max(...rows.map(({ one }) => one.at.length));
    const lines = rows.map(
      ({ one, words }) => `${one.fault.padEnd(faultWidth)}  ${one.at.padEnd(atWidth)}  ${words}`,
    );
    return `${[...lines, summaryOf(rows.flatMap(({ tried }) => tried ?? []))].join('\n')}\n`;
  }

  async #resultOf(one: FaultCase): Promise<{ words: string; tried?: Tried }> {
    if (one.whyNot !== undefined) return { words: `not tried: ${one.whyNot}` };
    try {
      const seconds = await this.#secondsOf(one);
      return { words: `${seconds.toFixed(1)} s`, tried: { seconds } };
    } catch {
      return { words: 'NOT RECOVERED', tried: { seconds: undefined } };
    }
  }

  /** From the fault until the endpoint had recovered. */
  async #secondsOf(one: FaultCase): Promise<number> {
    return await (this.#seconds.get(one)?.promise ?? Promise.reject(new Error('There is no such case')));
  }

  async #runFrom(queue: Iterable<FaultCase>, world: FaultWorld): Promise<void> {
    for (const one of queue) {
      const result = this.#seconds.get(one);
      try {
        result?.resolve(await recover(one, world));
      } catch (error) {
        result?.reject(error);
      }
    }
  }
}

async function recover(one: FaultCase, world: FaultWorld): Promise<number> {
  const injected = await one.inject(world);
  const { endpoint, endsOn } = injected;
  const harmedAt = performance.now();
  const version = await endpoint.settled(endsOn, (one.within ?? WITHIN_SECONDS) * 1000);
  const seconds = (performance.now() - harmedAt) / 1000;
  await endpoint.isWell(version);
  await isTold(injected, version);
  if (injected.powerWasCut !== true) expect((await endpoint.service()).pid).toBe(endpoint.servicePid);
  await leavesNothingBehind(endpoint);
  await endpoint.end();
  return seconds;
}

/** The server knows how it ended, once. */
async function isTold(injected: Injected, version: string): Promise<void> {
  const { endpoint, ordered, refusal, times = 1 } = injected;
  if (version !== ordered && refusal === undefined) return;
  const jobs = await waitFor(
    async () => {
      const found = await endpoint.updateJobs(ordered);
      return found.filter(({ state }) => state === 'finished').length >= times && found;
    },
    { what: `the result of the update at ${endpoint.name}`, timeoutMs: REPORT_MS, everyMs: 500 },
  );
  const outcome = version === ordered ? 'succeeded' : refusal?.outcome;
  expect(jobs.map((job) => job.outcome)).toEqual(Array.from({ length: times }, () => outcome));
  if (version !== ordered) expect(jobs[0]?.reason).toMatch(refusal?.reason ?? '');
}

interface Tried {
  /** Undefined when it did not recover. */
  readonly seconds: number | undefined;
}

function summaryOf(tried: readonly Tried[]): string {
  const seconds = tried.flatMap((one) => one.seconds ?? []).sort((a, b) => a - b);
  const [median = NaN, worst = NaN] = [seconds[Math.floor(seconds.length / 2)], seconds.at(-1)];
  const counts = `${tried.length} cases, ${seconds.length} recovered, ${tried.length - seconds.length} bricked`;
  return `${counts}; median ${median.toFixed(1)} s, worst ${worst.toFixed(1)} s`;
}
