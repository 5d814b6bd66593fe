import type { FaultCase, Injected } from '../fault-case.ts';
import { GOOD, INSTALLED } from '../fault-versions.ts';
import type { FaultWorld } from '../fault-world.ts';
import { MOMENTS, SLOW_DOWNLOAD, type Moment } from '../moments.ts';

/** From here on nobody can tell a kill from a crash of the new version, unless its guard is killed before it has seen it. */
const LOOKS_LIKE_A_CRASH: readonly Moment[] = ['while the new version starts', 'on probation'];

const moments = Object.keys(MOMENTS) as Moment[];

/** The agent alone, as when memory is short. */
export const killed: readonly FaultCase[] = moments.map((at) => ({
  fault: 'agent killed',
  at,
  inject: async (world) => await killedAt(at, world),
}));

async function killedAt(at: Moment, world: FaultWorld): Promise<Injected> {
  const endpoint = await world.endpoint({ environment: SLOW_DOWNLOAD });
  const letEnd = at === 'while jobs are waited for' ? await world.keepBusy(endpoint) : () => undefined;
  await endpoint.orderUntil(at, GOOD);
  await endpoint.killAgent();
  letEnd();
  return {
    ...{ endpoint, ordered: GOOD },
    endsOn: LOOKS_LIKE_A_CRASH.includes(at) ? [GOOD, INSTALLED] : [GOOD],
    refusal: { outcome: 'failed', reason: /^It ended by itself/ },
  };
}
