import { hostname } from 'node:os';
import { join } from 'node:path';
import { enrollAgent } from '../../src/agent/compose/enroll.ts';
import { runAgent } from '../../src/agent/compose/agent.ts';
import { defaultConfig } from '../../src/agent/config/defaults.ts';
import type { AgentConfig } from '../../src/agent/config/schema.ts';
import type { AgentHost } from '../../src/agent/host.ts';
import { readStatus } from '../../src/agent/compose/status.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { Stopped } from '../../src/lib/stopped.ts';
import { currentPlatform } from '../../src/platform/select.ts';
import type { EndpointStatus, EnrollOrder, EnrollSummary } from '../../src/protocol/endpoint.ts';
import type { Cleanup } from './cleanup.ts';
import { makeTempDir } from './temp-dir.ts';

/** The whole agent, wired as its executable wires it, in this process and in a folder of its own. */
export class AgentInProcess {
  readonly config: AgentConfig;
  readonly host: AgentHost;
  #stop = new AbortController();
  #running: Promise<void> | undefined;

  constructor(onEnd: (cleanup: Cleanup) => void, settings: Partial<AgentConfig> = {}) {
    const platform = currentPlatform();
    this.config = {
      ...defaultConfig(platform),
      reconnectSpreadSeconds: 0,
      ...settings,
      stateDir: join(makeTempDir(onEnd), 'state'),
    };
    this.host = {
      ...{ platform, hostname: hostname(), arch: process.arch, pid: process.pid, environment: process.env },
      ...{ clock: systemClock, random: () => 0.01 }, // short waits between tries
    };
    onEnd(() => this.stop());
  }

  async enroll(order: EnrollOrder): Promise<EnrollSummary> {
    return await enrollAgent(this.config, order, { host: this.host, signal: new AbortController().signal });
  }

  start(): void {
    this.#stop = new AbortController();
    this.#running = runAgent(this.config, { host: this.host, flags: {}, stop: this.#stop.signal });
    this.#running.catch(() => undefined); // whoever stops it gets to see it
  }

  async stop(): Promise<void> {
    this.#stop.abort(new Stopped('shutdown'));
    await this.#running;
    this.#running = undefined;
  }

  get status(): EndpointStatus {
    return readStatus(this.config, this.host);
  }
}
