import { setTimeout as delay } from 'node:timers/promises';
import { type Disk, whyNoDisk } from '../disk.ts';
import type { Endpoint } from '../endpoint.ts';
import type { FaultCase } from '../fault-case.ts';
import { BAD, GOOD, INSTALLED, misbehaving } from '../fault-versions.ts';
import { MOMENTS, SLOW_DOWNLOAD, type Moment } from '../moments.ts';
import { randomFrom } from '../random.ts';

const whyNot = whyNoDisk();
const moments = Object.keys(MOMENTS) as Moment[];

/** Each cut counts as a start without proof if it came on probation, and after the third the version is left. */
const refusal = { outcome: 'failed', reason: /never showed that it works|^It ended by itself/ };

/** Only what has reached the disk is there afterwards. */
const atEachMoment: readonly FaultCase[] = moments.map((at) => ({
  ...{ fault: 'power cut', at, ...(whyNot && { whyNot }) },
  inject: async (world) => {
    const { endpoint, disk } = await world.endpointOnDisk({ environment: SLOW_DOWNLOAD });
    const letEnd = at === 'while jobs are waited for' ? await world.keepBusy(endpoint) : () => undefined;
    await endpoint.orderUntil(at, GOOD);
    await cutPower(endpoint, disk);
    letEnd();
    return { endpoint, ordered: GOOD, endsOn: [GOOD], powerWasCut: true };
  },
}));

const SEEDS = [1, 2, 3];
const CUTS = 5;

const again: readonly FaultCase[] = SEEDS.map((seed) => ({
  ...{ fault: 'power cut', at: `${CUTS} times at random (seed ${seed})`, ...(whyNot && { whyNot }) },
  inject: async (world) => {
    const { endpoint, disk } = await world.endpointOnDisk({ environment: SLOW_DOWNLOAD });
    const random = randomFrom(seed);
    await endpoint.order(GOOD);
    for (let cut = 0; cut < CUTS; cut++) {
      await delay(random() * 3_000);
      await cutPower(endpoint, disk);
    }
    return { endpoint, ordered: GOOD, endsOn: [GOOD, INSTALLED], refusal, powerWasCut: true };
  },
}));

const whileTurningBack: FaultCase = {
  ...{ fault: 'power cut', at: 'while a version that crashed is left', ...(whyNot && { whyNot }) },
  inject: async (world) => {
    const { endpoint, disk } = await world.endpointOnDisk({ environment: misbehaving('crashes at once') });
    await endpoint.orderUntil('while the new version starts', BAD);
    await cutPower(endpoint, disk);
    return { endpoint, ordered: BAD, endsOn: [INSTALLED], refusal, powerWasCut: true };
  },
};

export const powerCut = [...again, ...atEachMoment, whileTurningBack];

async function cutPower(endpoint: Endpoint, disk: Disk): Promise<void> {
  disk.cutPower();
  await endpoint.turnOff();
  await disk.restorePower();
  endpoint.start();
}
