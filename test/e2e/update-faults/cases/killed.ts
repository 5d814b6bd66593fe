import { setTimeout as delay } from 'node:timers/promises';
import type { Endpoint } from '../endpoint.ts';
import type { FaultCase } from '../fault-case.ts';
import { BAD, GOOD, INSTALLED, misbehaving } from '../fault-versions.ts';
import { MOMENTS, SLOW_DOWNLOAD, type Moment } from '../moments.ts';
import { randomFrom } from '../random.ts';

/** From here on nobody can tell a kill from a crash of the new version, unless its guard is killed before it has seen it. */
const LOOKS_LIKE_A_CRASH: readonly Moment[] = ['while the new version starts', 'on probation'];
const CRASHED = { outcome: 'failed', reason: /^It ended by itself/ };

const moments = Object.keys(MOMENTS) as Moment[];

function atEachMoment(
  fault: string,
  harm: (endpoint: Endpoint) => Promise<unknown>,
  looksLikeACrash: readonly Moment[] = [],
): FaultCase[] {
  return moments.map((at) => ({
    ...{ fault, at },
    inject: async (world) => {
      const endpoint = await world.endpoint({ environment: SLOW_DOWNLOAD });
      const letEnd = at === 'while jobs are waited for' ? await world.keepBusy(endpoint) : () => undefined;
      await endpoint.orderUntil(at, GOOD);
      const harmed = harm(endpoint);
      letEnd();
      await harmed;
      const endsOn = looksLikeACrash.includes(at) ? [GOOD, INSTALLED] : [GOOD];
      return { endpoint, ordered: GOOD, endsOn, refusal: CRASHED };
    },
  }));
}

/** As when memory is short. */
const alone = atEachMoment(
  'agent killed',
  async (endpoint) => await endpoint.killAgent(),
  LOOKS_LIKE_A_CRASH,
);

const withHelpers = atEachMoment(
  'agent and its helpers killed',
  async (endpoint) => await endpoint.killAgentAndHelpers(),
  ['while the new version starts'], // its guard may begin just afterwards
);

/** No crash at any time. */
const stopped = atEachMoment('agent stopped and started again', async (endpoint) => {
  await endpoint.stop();
  endpoint.start();
});

const SEEDS = [1, 2];
const KILLS = 5;

const again: readonly FaultCase[] = SEEDS.map((seed) => ({
  ...{ fault: 'agent killed', at: `${KILLS} times at random (seed ${seed})` },
  inject: async (world) => {
    const endpoint = await world.endpoint({ environment: SLOW_DOWNLOAD });
    const random = randomFrom(seed);
    await endpoint.order(GOOD);
    for (let kill = 0; kill < KILLS; kill++) {
      await delay(random() * 3_000);
      await endpoint.killAgent();
    }
    return { endpoint, ordered: GOOD, endsOn: [GOOD, INSTALLED], refusal: CRASHED };
  },
}));

/** Without one there is nobody to say that the version has proven itself. */
const guardKilled: readonly FaultCase[] = LOOKS_LIKE_A_CRASH.map((at) => ({
  ...{ fault: 'guard killed', at },
  inject: async (world) => {
    const endpoint = await world.endpoint();
    await endpoint.orderUntil(at, GOOD);
    await endpoint.killHelper('guard');
    return { endpoint, ordered: GOOD, endsOn: [GOOD] };
  },
}));

const guardOfBadKilled: FaultCase = {
  ...{ fault: 'guard killed', at: 'before the version crashes' },
  inject: async (world) => {
    const endpoint = await world.endpoint({ environment: misbehaving('crashes after 3 s') });
    await endpoint.orderUntil('while the new version starts', BAD);
    await endpoint.killHelper('guard');
    return { endpoint, ordered: BAD, endsOn: [INSTALLED], refusal: CRASHED };
  },
};

/** It has not shown that it works. */
const preflightKilled: FaultCase = {
  ...{ fault: 'preflight killed', at: 'while it is tried out' },
  inject: async (world) => {
    const endpoint = await world.endpoint();
    await endpoint.order(GOOD);
    await endpoint.killHelper('preflight');
    const refusal = { outcome: 'failed', reason: /does not work on this endpoint/ };
    return { endpoint, ordered: GOOD, endsOn: [INSTALLED], refusal };
  },
};

export const killed = [
  ...again,
  ...guardKilled,
  guardOfBadKilled,
  ...alone,
  ...withHelpers,
  preflightKilled,
  ...stopped,
];
