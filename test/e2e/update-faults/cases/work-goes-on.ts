import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { loadSwitch } from '../../../../src/agent/update/switch/switch-file.ts';
import { COUNT_AND_WAIT, COUNT_RUN, writeScript } from '../../../support/job-scripts.ts';
import { requireOk } from '../../../support/packed-world.ts';
import { waitFor } from '../../../support/wait-for.ts';
import type { Endpoint } from '../endpoint.ts';
import type { FaultCase } from '../fault-case.ts';
import { GOOD, INSTALLED } from '../fault-versions.ts';
import type { FaultWorld } from '../fault-world.ts';
import { MOMENTS, SLOW_DOWNLOAD, type Moment } from '../moments.ts';

const BUSY_MS = 3_000;
const TASK_RUNS = 3;
const RUN_MS = 60_000;

/** While jobs are waited for there has to be one, which is a case of its own. */
const moments = (Object.keys(MOMENTS) as Moment[]).filter((at) => at !== 'while jobs are waited for');

const runningJob: FaultCase = {
  ...{ fault: 'job that runs', at: 'before the switch' },
  inject: async (world) => {
    const endpoint = await world.endpoint();
    const [runs, mayEnd] = [pathFor(world, endpoint, 'busy'), pathFor(world, endpoint, 'may-end')];
    const jobID = await world.packed.assign(COUNT_AND_WAIT.filename, endpoint.agentID, runs, mayEnd);
    await waitFor(() => existsSync(runs), { what: 'the running job' });
    await endpoint.orderUntil('while jobs are waited for', GOOD);
    await delay(BUSY_MS);
    expect(loadSwitch(endpoint.stateDir)?.current ?? INSTALLED).toBe(INSTALLED);
    writeFileSync(mayEnd, '');
    expect(await world.packed.finished(jobID)).toMatchObject({ outcome: 'succeeded' });
    expect(runsIn(runs)).toEqual([jobID]);
    return { endpoint, ordered: GOOD, endsOn: [GOOD] };
  },
};

/** Waits in the server or on the endpoint for the version that comes, and is run by it. */
const assignedJob: readonly FaultCase[] = moments.map((at) => ({
  ...{ fault: 'job assigned', at },
  inject: async (world) => {
    const endpoint = await world.endpoint({ environment: SLOW_DOWNLOAD });
    const runs = pathFor(world, endpoint, 'assigned');
    await endpoint.orderUntil(at, GOOD);
    const jobID = await world.packed.assign(COUNT_RUN.filename, endpoint.agentID, runs);
    expect(await world.packed.finished(jobID, RUN_MS)).toMatchObject({ outcome: 'succeeded' });
    await endpoint.settled([GOOD]);
    expect(runsIn(runs)).toEqual([jobID]);
    return { endpoint, ordered: GOOD, endsOn: [GOOD] };
  },
}));

const dueTask: FaultCase = {
  ...{ fault: 'task due every second', at: 'all the time' },
  inject: async (world) => {
    const endpoint = await world.endpoint();
    const runs = pathFor(world, endpoint, 'task');
    await assignTask(world, endpoint, runs);
    await runsAfter(runs, 0);
    await endpoint.order(GOOD);
    await endpoint.settled([GOOD]);
    await runsAfter(runs, runsIn(runs).length);
    const jobIDs = runsIn(runs);
    expect(new Set(jobIDs).size).toBe(jobIDs.length);
    return { endpoint, ordered: GOOD, endsOn: [GOOD] };
  },
};

/** An update interrupts nothing, and nothing is done twice or lost for it. */
export const workGoesOn = [runningJob, dueTask, ...assignedJob];

async function assignTask(world: FaultWorld, { name, agentID }: Endpoint, runs: string): Promise<void> {
  const script = { ...COUNT_RUN, filename: `task-${name}.sh` };
  const asTask = ['--kind', 'task', '--every', '1s', '--name', `task-${name}`, '--', runs];
  await world.packed.addToLibrary(writeScript(world.packed.dir, script), ...asTask);
  requireOk(await world.packed.commander('tasks', 'assign', `task-${name}`, '--agent', agentID));
}

async function runsAfter(path: string, count: number): Promise<void> {
  const isEnough = (): boolean => runsIn(path).length >= count + TASK_RUNS;
  await waitFor(isEnough, { what: `${TASK_RUNS} more runs of the task`, timeoutMs: RUN_MS, everyMs: 100 });
}

function runsIn(path: string): string[] {
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split(/\s+/) : [];
}

function pathFor({ packed }: FaultWorld, { name }: Endpoint, what: string): string {
  return join(packed.dir, `${what}-${name}`);
}
