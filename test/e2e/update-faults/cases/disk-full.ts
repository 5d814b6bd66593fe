import { setTimeout as delay } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { whyNoDisk, type Disk } from '../disk.ts';
import type { Endpoint } from '../endpoint.ts';
import type { FaultCase } from '../fault-case.ts';
import { BAD, GOOD, INSTALLED, misbehaving } from '../fault-versions.ts';
import { MOMENTS, SLOW_DOWNLOAD, type Moment } from '../moments.ts';

const whyNot = whyNoDisk();
/** Seconds; what could not be begun on a full disk is tried again half a minute later. */
const within = 90;
const FULL_MS = 10_000;
/** Of one core, while it waits for room: what tries again and again without a pause takes all of it. */
const MAX_LOAD = 0.5;
const moments = Object.keys(MOMENTS) as Moment[];
/** What is started on a full disk ends again, and whoever started it tries again. */
const BEFORE_A_START: readonly Moment[] = ['right after the switch', 'while the new version starts'];

/** The agent goes on as what it is, and with the update when there is room again. */
const atEachMoment: readonly FaultCase[] = moments.map((at) => ({
  ...{ fault: 'disk full', at, ...(whyNot && { whyNot }), within },
  inject: async (world) => {
    const { endpoint, disk } = await world.endpointOnDisk({ environment: SLOW_DOWNLOAD });
    const letEnd = at === 'while jobs are waited for' ? await world.keepBusy(endpoint) : () => undefined;
    await endpoint.orderUntil(at, GOOD);
    await beFull(disk, endpoint, letEnd);
    if (!BEFORE_A_START.includes(at)) expect(endpoint.isRunning).toBe(true);
    disk.free();
    return { endpoint, ordered: GOOD, endsOn: [GOOD] };
  },
}));

const before: FaultCase = {
  ...{ fault: 'disk full', at: 'before the order', ...(whyNot && { whyNot }), within },
  inject: async (world) => {
    const { endpoint, disk } = await world.endpointOnDisk();
    await beFull(disk, endpoint, async () => await endpoint.order(GOOD));
    expect(endpoint.isRunning).toBe(true);
    disk.free();
    return { endpoint, ordered: GOOD, endsOn: [GOOD] };
  },
};

const whileTurningBack: FaultCase = {
  ...{ fault: 'disk full', at: 'while a version that crashed is left', ...(whyNot && { whyNot }), within },
  inject: async (world) => {
    const { endpoint, disk } = await world.endpointOnDisk({ environment: misbehaving('crashes after 3 s') });
    await endpoint.orderUntil('on probation', BAD);
    await beFull(disk, endpoint);
    disk.free();
    return {
      ...{ endpoint, ordered: BAD, endsOn: [INSTALLED] },
      refusal: { outcome: 'failed', reason: /^It ended by itself|never showed that it works/ },
    };
  },
};

export const diskFull = [before, ...atEachMoment, whileTurningBack];

async function beFull(
  disk: Disk,
  endpoint: Endpoint,
  meanwhile: () => unknown = () => undefined,
): Promise<void> {
  disk.fill();
  await meanwhile();
  const before = endpoint.processorSeconds();
  await delay(FULL_MS);
  const load = (endpoint.processorSeconds() - before) / (FULL_MS / 1000);
  expect(load).toBeLessThan(MAX_LOAD);
}
