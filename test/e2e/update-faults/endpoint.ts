import { readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { loadSwitch } from '../../../src/agent/update/switch/switch-file.ts';
import { executablePathOf } from '../../../src/agent/update/switch/versions-folder.ts';
import type { AgentDetail } from '../../../src/protocol/schemas/admin/fleet.ts';
import type { JobView } from '../../../src/protocol/schemas/admin/jobs.ts';
import type { UnitView } from '../../../src/protocol/schemas/admin/units.ts';
import { updateOf } from '../../../src/protocol/update-origin.ts';
import type { JobPhase } from '../../../src/store/agent/job-journal.ts';
import { readAgentStore, readConnection } from '../../../src/store/agent/read-agent-store.ts';
import { COUNT_RUN } from '../../support/job-scripts.ts';
import { PackedProcess, type Outcome } from '../../support/packed-process.ts';
import { requireOk, type PackedWorld } from '../../support/packed-world.ts';
import { packedPath } from '../../support/packed.ts';
import { waitFor } from '../../support/wait-for.ts';
import { INSTALLED } from './fault-versions.ts';
import { MOMENTS, type Moment } from './moments.ts';
import { isAgent, killAll, processesIn, processorSecondsOf, type Found } from './processes-in.ts';

export interface EndpointOptions {
  /** Of the agent. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly stateDir?: string;
  /** With which it enrols; one for its server unless given. */
  readonly token?: string;
  /** Whether it is started again whenever it ends, as a service manager does; it is, unless this says no. */
  readonly isSupervised?: boolean;
}

/** Short, so that a case takes seconds; what is judged is the same. */
const SETTINGS = {
  COMMANDER_AGENT_UPDATE_PROBATION_SECONDS: '4',
  COMMANDER_AGENT_UPDATE_HANG_SECONDS: '6',
  COMMANDER_AGENT_UPDATE_CHECKIN_SECONDS: '6',
};
const RESTART_MS = 200;
const MOMENT_MS = 60_000;
const UNDER_WAY: readonly JobPhase[] = ['accepted', 'fetched', 'extracted', 'running'];
const JOBS_LOOKED_AT = 100;

/** A machine with an agent that is started by its packed executable, and seen from outside. */
export class Endpoint {
  readonly stateDir: string;
  readonly name: string;
  agentID = '';
  /** Of the service that it keeps, as it was at first. */
  servicePid: number | undefined;
  readonly #world: PackedWorld;
  readonly #options: EndpointOptions;
  #agent: PackedProcess | undefined;
  #isOn = false;

  constructor(world: PackedWorld, name: string, options: EndpointOptions = {}) {
    this.#world = world;
    this.name = name;
    this.#options = options;
    this.stateDir = options.stateDir ?? join(world.dir, name);
  }

  async enroll(token: string): Promise<void> {
    const outcome = await this.command('enroll', '--token', token, '--json');
    this.agentID = (JSON.parse(requireOk(outcome)) as { agentID: string }).agentID;
  }

  /** From now on there is an agent, until `stop`, `kill` or `end`. */
  start(): void {
    this.#isOn = true;
    this.#launch();
  }

  /** As a service manager stops it. */
  async stop(): Promise<void> {
    this.#isOn = false;
    await this.#agent?.stop();
  }

  /** The agent and nothing else, as the kernel does when memory is short. */
  async killAgent(): Promise<void> {
    const agent = this.#agent;
    agent?.kill();
    await agent?.outcome();
  }

  /** The agent, its guard and whatever it tries out; not its services. */
  async killAgentAndHelpers(): Promise<void> {
    const agent = this.#agent;
    killAll(this.processes().filter(isAgent));
    await agent?.outcome();
  }

  /** What the agent runs itself for, once it does. */
  async killHelper(applet: 'guard' | 'preflight'): Promise<void> {
    const find = (): Found[] => this.processes().filter((one) => isAgent(one) && one.argv.includes(applet));
    killAll(
      await waitFor(() => find().length > 0 && find(), { what: `the ${applet} at ${this.name}`, everyMs: 2 }),
    );
  }

  /** Whatever runs for this endpoint, and nobody starts it again: the end of a machine. */
  async turnOff(): Promise<void> {
    this.#isOn = false;
    await waitFor(
      () => {
        const found = this.processes();
        killAll(found);
        return found.length === 0;
      },
      { what: `the end of ${this.name}` },
    );
  }

  async end(): Promise<void> {
    await this.turnOff();
    await this.#agent?.outcome();
  }

  get isRunning(): boolean {
    return this.#agent?.hasEnded === false;
  }

  /** What all that runs for this endpoint has taken so far. */
  processorSeconds(): number {
    return this.processes().reduce((sum, { pid }) => sum + processorSecondsOf(pid), 0);
  }

  processes(): Found[] {
    return processesIn(this.stateDir);
  }

  /** Runs one of the agent's other commands to its end. */
  async command(...args: string[]): Promise<Outcome> {
    return await this.#run([...args, '--state-dir', this.stateDir]).outcome();
  }

  /** Has the server name a version for this endpoint alone. */
  async order(version: string): Promise<void> {
    requireOk(await this.#world.commander('agents', 'pin', this.agentID, version));
  }

  /** Orders a version and waits for a stretch of the way to it. */
  async orderUntil(moment: Moment, version: string): Promise<void> {
    await this.order(version);
    await this.until(moment, version);
  }

  /** Has begun with it, and may be done already. */
  async hasHeardOf(version: string): Promise<void> {
    const isBegun = (): boolean => updatesAt(this.stateDir).some(({ to }) => to === version);
    await waitFor(isBegun, { what: `the update of ${this.name} to ${version}`, timeoutMs: MOMENT_MS });
  }

  async until(moment: Moment, version: string): Promise<void> {
    const isReached = (): boolean => MOMENTS[moment]({ stateDir: this.stateDir, version });
    await waitFor(isReached, {
      what: `"${moment}" of version ${version} at ${this.name}`,
      ...{ timeoutMs: MOMENT_MS, everyMs: 2 },
    });
  }

  /** Resolves with the version that runs, once it is one of these, checked in, from its own executable, and nothing is pending. */
  async settled(versions: readonly string[], timeoutMs = MOMENT_MS): Promise<string> {
    const settledOn = (): string | undefined => {
      const connection = readConnection(this.stateDir);
      const { current = INSTALLED, probation } = loadSwitch(this.stateDir) ?? {};
      const isSettled =
        connection?.state === 'connected' &&
        connection.version === current &&
        executableOf(connection.pid) === this.#executableOf(current) &&
        probation === undefined &&
        !isUpdateUnderWay(this.stateDir);
      return isSettled && versions.includes(current) ? current : undefined;
    };
    const what = `version ${versions.join(' or ')} to be settled at ${this.name}`;
    return await waitFor(settledOn, { what, timeoutMs, everyMs: 100 });
  }

  /** All that makes an endpoint a good one: what runs is what it says, it has its identity, takes a job, and keeps its service. */
  async isWell(version: string): Promise<void> {
    await this.settled([version]);
    await waitFor(async () => await this.#isSeenWith(version), {
      ...{ what: `the server to see version ${version} at ${this.name}`, timeoutMs: MOMENT_MS, everyMs: 500 },
    });
    const runs = join(this.#world.dir, `runs-of-${this.name}-${Date.now()}`);
    const jobID = await this.#world.assign(COUNT_RUN.filename, this.agentID, runs);
    expect(await this.#world.finished(jobID)).toMatchObject({ outcome: 'succeeded' });
    await this.service();
  }

  /** The service that every endpoint keeps, once it runs. */
  async service(): Promise<UnitView> {
    return await waitFor(
      async () => {
        const { units } = await this.#world.ask<{ units: UnitView[] }>('services', 'show', 'web');
        return units.find(({ agentID, state }) => agentID === this.agentID && state === 'running');
      },
      { what: `the service of ${this.name}`, timeoutMs: MOMENT_MS, everyMs: 500 },
    );
  }

  /** The changes to that version that the server was told of. */
  async updateJobs(to: string): Promise<JobView[]> {
    const jobs = await this.#world.jobs();
    return jobs.filter(({ agentID, origin }) => agentID === this.agentID && isChangeTo(to, origin));
  }

  async #isSeenWith(version: string): Promise<boolean> {
    const seen = await this.#world.ask<AgentDetail>('agents', 'show', this.agentID);
    return seen.connected && seen.version === version;
  }

  #executableOf(version: string): string {
    if (version === INSTALLED) return packedPath('commander-agent');
    return executablePathOf(this.stateDir, version, { os: 'linux' });
  }

  #launch(): void {
    const agent = this.#run(['run', '--state-dir', this.stateDir]);
    this.#agent = agent;
    if (this.#options.isSupervised !== false) void this.#launchAgainAfter(agent);
  }

  async #launchAgainAfter(agent: PackedProcess): Promise<void> {
    await agent.outcome();
    await delay(RESTART_MS);
    if (this.#isOn && this.#agent === agent) this.#launch();
  }

  #run(args: readonly string[]): PackedProcess {
    const env = { ...SETTINGS, ...this.#options.environment };
    return new PackedProcess(packedPath('commander-agent'), args, { cwd: this.#world.dir, env });
  }
}

/** Undefined for what has ended. */
function executableOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return undefined;
  }
}

function isUpdateUnderWay(stateDir: string): boolean {
  return updatesAt(stateDir).some(({ phase }) => UNDER_WAY.includes(phase));
}

function updatesAt(stateDir: string): { to: string; phase: JobPhase }[] {
  const { recentJobs } = readAgentStore(stateDir, { jobLimit: JOBS_LOOKED_AT });
  return recentJobs.flatMap(({ assignment, phase }) => {
    const origin = updateOf(assignment);
    return origin === undefined ? [] : [{ to: origin.updateTo, phase }];
  });
}

function isChangeTo(version: string, origin: JobView['origin']): boolean {
  return origin !== undefined && 'updateTo' in origin && origin.updateTo === version;
}
