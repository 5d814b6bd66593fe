import { expect } from '@jest/globals';
import { waitFor } from '../../support/wait-for.ts';
import type { FaultCase, Injected } from './fault-case.ts';
import type { FaultWorld } from './fault-world.ts';

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

  async toString(): Promise<string> {
    const outcomes = await Promise.allSettled(
      this.#cases.map(async (one) => (one.whyNot === undefined ? await this.#secondsOf(one) : NaN)),
    );
    const lines = outcomes.map((outcome, index) => lineOf(this.#cases[index], outcome));
    const tried = this.#cases.filter(({ whyNot }) => whyNot === undefined).length;
    const bricked = outcomes.filter(({ status }) => status === 'rejected').length;
    return [
      ...lines,
      `${tried} cases, ${tried - bricked} recovered, ${bricked} bricked or not as they should be`,
    ].join('\n');
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
  await endpoint.end();
  return seconds;
}

/** The server knows how it ended, once. */
async function isTold({ endpoint, ordered, refusal }: Injected, version: string): Promise<void> {
  if (version !== ordered && refusal === undefined) return;
  const jobs = await waitFor(
    async () => {
      const found = await endpoint.updateJobs(ordered);
      return found.some(({ state }) => state === 'finished') && found;
    },
    { what: `the result of the update at ${endpoint.name}`, timeoutMs: REPORT_MS, everyMs: 500 },
  );
  expect(jobs).toMatchObject([
    version === ordered ? { outcome: 'succeeded' } : { outcome: refusal?.outcome },
  ]);
  if (version !== ordered) expect(jobs[0]?.reason).toMatch(refusal?.reason ?? '');
}

function lineOf(one: FaultCase | undefined, outcome: PromiseSettledResult<number>): string {
  const result =
    one?.whyNot === undefined
      ? outcome.status === 'fulfilled'
        ? `${outcome.value.toFixed(1)} s`
        : 'NOT RECOVERED'
      : `not tried: ${one.whyNot}`;
  return `${(one?.fault ?? '').padEnd(34)} ${(one?.at ?? '').padEnd(38)} ${result}`;
}
