import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LocalFleet } from '../../build/local-fleet.ts';
import { AdminApi } from './admin-api.ts';
import { watchCrowd, type CrowdWindow } from './crowd.ts';
import { watchIdle, type IdleWindow } from './idle-window.ts';
import { ManyUnits } from './many-units.ts';

const PATIENCE_MS = 15_000;
/** Short beside what is measured with it, long enough to leave the processor to agent and server. */
const POLL_MS = 2;

/** What the benchmarks of one run share: a packed server and a packed agent of their own, and an open admin connection. */
export class World {
  readonly fleet: LocalFleet;
  readonly api: AdminApi;
  readonly agentID: string;
  readonly #stateDir: string;
  #agent: ChildProcess | undefined;
  #idle: Promise<IdleWindow> | undefined;
  #idleWithUnits: Promise<IdleWindow> | undefined;
  #crowd: Promise<CrowdWindow> | undefined;

  private constructor(parts: { fleet: LocalFleet; api: AdminApi; agentID: string; stateDir: string }) {
    this.fleet = parts.fleet;
    this.api = parts.api;
    this.agentID = parts.agentID;
    this.#stateDir = parts.stateDir;
  }

  static async create(): Promise<World> {
    const fleet = new LocalFleet();
    try {
      await fleet.startServer();
      await fleet.logIn();
      const stateDir = await fleet.enrollAgent('agent');
      const api = await AdminApi.logIn({ ...fleet.server, ...fleet.server.firstAdmin, root: rootOf(fleet) });
      const [agent] = await api.agents();
      return new World({ fleet, api, stateDir, agentID: agent?.agentID ?? '' });
    } catch (error) {
      await fleet.stop();
      throw error;
    }
  }

  /** Starts the agent afresh and waits until the server knows that it is there. */
  async restartAgent(): Promise<ChildProcess> {
    await this.#stopAgent();
    this.#agent = await this.fleet.startAgent(this.#stateDir);
    await this.#untilConnected(true);
    return this.#agent;
  }

  /** Milliseconds from starting the agent to the server knowing that it is there. */
  async timeAgentStart(): Promise<number> {
    await this.#stopAgent();
    const startedAt = performance.now();
    await this.restartAgent();
    return performance.now() - startedAt;
  }

  /** One minute of an agent with nothing to do, watched once for all the benchmarks that read it. */
  async idle(): Promise<IdleWindow> {
    this.#idle ??= this.#watchIdle();
    return await this.#idle;
  }

  /** The same minute of the same agent while it keeps what an endpoint may have at most. */
  async idleWithUnits(): Promise<IdleWindow> {
    this.#idleWithUnits ??= this.#watchIdleWithUnits();
    return await this.#idleWithUnits;
  }

  /** What a thousand agents cost a server, watched once as well. */
  async crowd(): Promise<CrowdWindow> {
    this.#crowd ??= watchCrowd();
    return await this.#crowd;
  }

  async close(): Promise<void> {
    this.api.close();
    await this.fleet.stop();
  }

  /** What a running agent has mapped would stay in the page cache, so it ends first. */
  async #watchIdle(): Promise<IdleWindow> {
    await this.#stopAgent();
    return await watchIdle(() => this.restartAgent());
  }

  /** Assigned while the agent is away, so that it gets one document; started twice, so that the minute holds no preparation. */
  async #watchIdleWithUnits(): Promise<IdleWindow> {
    await this.#stopAgent();
    await using units = new ManyUnits(this);
    await units.assign();
    await this.restartAgent();
    await units.untilKept();
    await this.#stopAgent();
    return await watchIdle(() => this.restartAgent());
  }

  async #stopAgent(): Promise<void> {
    if (this.#agent === undefined) return;
    await this.fleet.end(this.#agent);
    this.#agent = undefined;
    await this.#untilConnected(false);
  }

  async #untilConnected(wanted: boolean): Promise<void> {
    for (const deadline = performance.now() + PATIENCE_MS; performance.now() < deadline;) {
      const agents = await this.api.agents();
      if (agents.some(({ connected }) => connected) === wanted) return;
      await sleep(POLL_MS);
    }
    throw new Error(
      wanted ? 'The agent did not check in' : 'The server still thinks that the agent is connected',
    );
  }
}

function rootOf(fleet: LocalFleet): string {
  const session = readFileSync(join(fleet.dir, 'admin', 'session.json'), 'utf8');
  return (JSON.parse(session) as { roots: string[] }).roots.join('\n');
}
