import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LocalFleet } from '../../build/local-fleet.ts';
import { readCounters, readMemory } from './proc.ts';

/** What a server is like with a crowd of agents that wait for work. */
export interface CrowdSample {
  /** Private memory that each agent adds. */
  kibPerAgent: number[];
  /** Processor time that each agent costs. */
  cpuMsPerAgentAndHour: number[];
  /** How fast they are back, all at once. */
  checkinsPerSecond: number[];
}

/** The same crowd at our server, and at one that does nothing but keep connections. */
export interface CrowdWindow {
  server: CrowdSample;
  floor: CrowdSample;
}

export interface EnrolOrder {
  readonly do: 'enrol';
  readonly url: string;
  readonly roots: string;
  readonly registrationKey: string;
  readonly count: number;
}

/** What the process of the crowd is to do; it answers each when that is done. */
export type CrowdOrder =
  EnrolOrder | { readonly do: 'connect'; readonly url: string } | { readonly do: 'leave' };

export interface CrowdAnswer {
  readonly failure?: string;
}

const AGENTS = 1000;
const RETURNS = 3;
/** What they said on arrival has been dealt with by then. */
const SETTLE_MS = 5_000;
const WINDOW_MS = 30_000;
const HOUR_MS = 3_600_000;

/** A server and agents of its own, so that no other benchmark has them in its lists. Takes one and a half minutes. */
export async function watchCrowd(): Promise<CrowdWindow> {
  const fleet = new LocalFleet();
  const crowd = fork(join(import.meta.dirname, 'crowd-process.ts'), { execArgv: ['--no-warnings'] });
  try {
    await fleet.startServer();
    await fleet.logIn();
    await order(crowd, await enrolment(fleet));
    await fleet.restartServer(); // what it holds from the enrolments is none of what is measured
    const server = await watch(crowd, { url: fleet.server.url, pid: fleet.serverPid });
    return { server, floor: await watchFloor(crowd, fleet) };
  } finally {
    crowd.kill();
    await fleet.stop();
  }
}

async function enrolment(fleet: LocalFleet): Promise<EnrolOrder> {
  const session = readFileSync(join(fleet.dir, 'admin/session.json'), 'utf8');
  const roots = (JSON.parse(session) as { roots: string[] }).roots.join('\n');
  const shown = await fleet.commander('registration-key', 'show', '--json');
  const { registrationKey } = JSON.parse(shown) as { registrationKey: string };
  return { do: 'enrol', url: fleet.server.url, roots, registrationKey, count: AGENTS };
}

async function watchFloor(crowd: ChildProcess, fleet: LocalFleet): Promise<CrowdSample> {
  const certificateDir = await fleet.exportCertificate();
  const args = ['--no-warnings', join(import.meta.dirname, 'bare-server.ts'), certificateDir];
  const bare = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [url] = (await once(bare.stdout, 'data')) as [Buffer];
    return await watch(crowd, { url: url.toString().trim(), pid: bare.pid ?? 0 });
  } finally {
    bare.kill();
  }
}

async function watch(crowd: ChildProcess, { url, pid }: { url: string; pid: number }): Promise<CrowdSample> {
  const empty = readMemory(pid);
  const checkinsPerSecond = [await timeArrival(crowd, url)];
  await sleep(SETTLE_MS);
  const before = readCounters(pid);
  await sleep(WINDOW_MS);
  const cpuMs = readCounters(pid).cpuMs - before.cpuMs;
  const addedMiB = readMemory(pid).privateDirtyMiB - empty.privateDirtyMiB;
  for (let time = 1; time < RETURNS; time++) {
    await order(crowd, { do: 'leave' });
    checkinsPerSecond.push(await timeArrival(crowd, url));
  }
  await order(crowd, { do: 'leave' });
  return {
    kibPerAgent: [(addedMiB * 1024) / AGENTS],
    cpuMsPerAgentAndHour: [(cpuMs / AGENTS) * (HOUR_MS / WINDOW_MS)],
    checkinsPerSecond,
  };
}

/** How many arrive in a second. */
async function timeArrival(crowd: ChildProcess, url: string): Promise<number> {
  const startedAt = performance.now();
  await order(crowd, { do: 'connect', url });
  return (AGENTS / (performance.now() - startedAt)) * 1000;
}

async function order(crowd: ChildProcess, words: CrowdOrder): Promise<void> {
  const answered = new AbortController();
  const ended = once(crowd, 'exit', answered).then(() => [{ failure: 'Its process has ended' }]);
  crowd.send(words);
  const [{ failure }] = (await Promise.race([once(crowd, 'message'), ended])) as [CrowdAnswer];
  ended.catch(() => undefined); // no longer waited for
  answered.abort();
  if (failure !== undefined) throw new Error(`The crowd could not ${words.do}: ${failure}`);
}
