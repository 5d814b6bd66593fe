import { readFileSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { versionsDirOf } from '../../../src/agent/update/switch/versions-folder.ts';
import { readConnection } from '../../../src/store/agent/read-agent-store.ts';
import { describeOnLinux } from '../../support/on-posix.ts';
import { waitFor } from '../../support/wait-for.ts';
import type { Endpoint } from './endpoint.ts';
import { GOOD, INSTALLED } from './fault-versions.ts';
import { FaultWorld } from './fault-world.ts';

const TIMES = 20;
/** Of the memory; it differs from one look to the next. */
const MAX_GROWTH = 1.5;
const LIMIT_MS = 8 * 60_000;
const SHORT = { COMMANDER_AGENT_UPDATE_PROBATION_SECONDS: '1' };

let endpoint: Endpoint;

describeOnLinux('An agent that goes to a newer version and back, twenty times,', () => {
  const world = new FaultWorld();

  beforeAll(async () => {
    await world.start();
    endpoint = await world.endpoint({ environment: SHORT });
  }, LIMIT_MS);

  afterAll(async () => await world.end(), LIMIT_MS);

  test(
    'runs what was ordered each time, in one process, and nothing piles up',
    async () => {
      const pid = readConnection(endpoint.stateDir)?.pid;
      await changeTo(GOOD);
      await changeTo(INSTALLED);
      const [openAtFirst, memoryAtFirst] = [openFilesOf(pid), privateKilobytesOf(pid)];
      const seconds: number[] = [];
      for (let time = 1; time < TIMES; time++)
        for (const version of [GOOD, INSTALLED]) seconds.push(await changeTo(version));

      await endpoint.isWell(INSTALLED);
      expect(readConnection(endpoint.stateDir)?.pid).toBe(pid);
      expect((await endpoint.service()).pid).toBe(endpoint.servicePid);
      expect(openFilesOf(pid)).toBeLessThanOrEqual(openAtFirst + 2); // a request may be under way
      expect(privateKilobytesOf(pid)).toBeLessThan(memoryAtFirst * MAX_GROWTH);
      expect(versionFolders()).toEqual([GOOD]);
      for (const version of [GOOD, INSTALLED]) await allSucceeded(version);
      tell(seconds.sort((a, b) => a - b));
    },
    LIMIT_MS,
  );
});

/** Seconds from the order until the version has proven itself. */
async function changeTo(version: string): Promise<number> {
  const orderedAt = performance.now();
  await endpoint.order(version);
  await endpoint.settled([version]);
  return (performance.now() - orderedAt) / 1000;
}

async function allSucceeded(version: string): Promise<void> {
  const outcomes = await waitFor(
    async () => {
      const jobs = await endpoint.updateJobs(version);
      return jobs.length >= TIMES && jobs.map(({ outcome }) => outcome);
    },
    { what: `the results of all changes to ${version}`, everyMs: 500 },
  );
  expect(outcomes).toEqual(Array.from({ length: TIMES }, () => 'succeeded'));
}

function openFilesOf(pid: number | undefined): number {
  return readdirSync(`/proc/${String(pid)}/fd`).length;
}

/** Memory that it shares with nobody and has written to. */
function privateKilobytesOf(pid: number | undefined): number {
  const rollup = readFileSync(`/proc/${String(pid)}/smaps_rollup`, 'utf8');
  return Number(/^Private_Dirty: +(\d+) kB$/m.exec(rollup)?.[1]);
}

function versionFolders(): string[] {
  const entries = readdirSync(versionsDirOf(endpoint.stateDir), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

function tell(seconds: readonly number[]): void {
  const [median, worst] = [seconds[Math.floor(seconds.length / 2)] ?? 0, seconds.at(-1) ?? 0];
  process.stdout.write(
    `Forth and back: ${TIMES} times, from order to proof ${median.toFixed(1)} s (worst ${worst.toFixed(1)} s), of which 1 s is probation\n`,
  );
}
