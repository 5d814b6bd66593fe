import { join } from 'node:path';
import type { AgentView } from '../../src/protocol/schemas/admin/fleet.ts';
import type { JobView } from '../../src/protocol/schemas/admin/jobs.ts';
import type { EndpointStatus } from '../../src/protocol/endpoint.ts';
import { readAgentStore } from '../../src/store/agent/read-agent-store.ts';
import type { Cleanup } from './cleanup.ts';
import { packedPath } from './packed.ts';
import { PackedProcess, type Outcome } from './packed-process.ts';
import { makeTempDir } from './temp-dir.ts';
import { waitFor } from './wait-for.ts';

export interface Announcement {
  url: string;
  fingerprint: string;
  firstAdmin?: { username: string; password: string };
}

/**
 * The packed executables as people use them: one server with its admin, and as many agents as a test wants, in one temporary
 * folder. All that was started has ended after the test.
 */
export class PackedWorld {
  readonly dir: string;
  readonly #onEnd: (cleanup: Cleanup) => void;
  readonly #environment: Readonly<Record<string, string>>;
  #announcement: Announcement | undefined;
  #server: PackedProcess | undefined;

  /** With `environment` for all that is started. */
  constructor(onEnd: (cleanup: Cleanup) => void, environment: Readonly<Record<string, string>> = {}) {
    this.dir = makeTempDir(onEnd);
    this.#onEnd = onEnd;
    this.#environment = environment;
  }

  get dataDir(): string {
    return join(this.dir, 'server');
  }

  get url(): string {
    return this.announcement.url;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  get announcement(): Announcement {
    if (this.#announcement === undefined) throw new Error('The server has not been started');
    return this.#announcement;
  }

  /** Starts the server; the same port again when it had one before. The first time, an admin logs in. */
  async startServer(args: readonly string[] = []): Promise<void> {
    const port = this.#announcement === undefined ? '0' : String(this.port);
    const where = ['--data-dir', this.dataDir, '--host', '127.0.0.1', '--port', port, '--name', '127.0.0.1'];
    const server = this.#start('commander', ['serve', ...where, '--json', ...args]);
    this.#server = server;
    const announced = await server.said(
      () => parseWhole(server.stdout) as Announcement | undefined,
      'its address',
    );
    this.#announcement ??= announced;
    if (announced.firstAdmin !== undefined) await this.#logIn(announced);
  }

  /** As a power cut would. */
  async killServer(): Promise<void> {
    this.#server?.kill();
    await this.#server?.outcome();
  }

  async stopServer(): Promise<Outcome | undefined> {
    return await this.#server?.stop();
  }

  /** Runs one admin command to its end. */
  async commander(...args: string[]): Promise<Outcome> {
    return await this.start(...args).outcome();
  }

  /** Starts an admin command that goes on for a while. */
  start(...args: string[]): PackedProcess {
    return this.#start('commander', args);
  }

  /** As `commander`, and parses what it printed; throws with what it said when it fails. */
  async ask<T>(...args: string[]): Promise<T> {
    return JSON.parse(requireOk(await this.commander(...args, '--json'))) as T;
  }

  async joinToken(): Promise<string> {
    return requireOk(await this.commander('token', 'create')).trim();
  }

  async addToLibrary(path: string, ...args: string[]): Promise<void> {
    requireOk(await this.commander('library', 'add', path, ...args));
  }

  /** @returns the jobID */
  async assign(filename: string, agentID: string, ...args: string[]): Promise<string> {
    const printed = await this.commander('jobs', 'assign', filename, '--agent', agentID, '--', ...args);
    return requireOk(printed).trim();
  }

  async job(jobID: string): Promise<JobView> {
    return await this.ask<JobView>('jobs', 'show', jobID);
  }

  async jobs(): Promise<JobView[]> {
    return (await this.ask<{ jobs: JobView[] }>('jobs', 'list', '--limit', '1000')).jobs;
  }

  async agents(): Promise<AgentView[]> {
    return (await this.ask<{ agents: AgentView[] }>('agents', 'list')).agents;
  }

  /** The job once it is over. */
  async finished(jobID: string, timeoutMs = 30_000): Promise<JobView> {
    return await waitFor(
      async () => {
        const job = await this.job(jobID);
        return job.state === 'finished' ? job : undefined;
      },
      { what: `the result of job ${jobID}`, timeoutMs, everyMs: 100 },
    );
  }

  /** An endpoint with a state folder of its own, enrolled with a join token. */
  async enrollAgent(name: string, token?: string): Promise<PackedAgent> {
    const agent = this.agent(name);
    const outcome = await agent.command('enroll', '--token', token ?? (await this.joinToken()), '--json');
    const { agentID } = JSON.parse(requireOk(outcome)) as { agentID: string };
    agent.agentID = agentID;
    return agent;
  }

  /** One that has not been enrolled. */
  agent(name: string): PackedAgent {
    return new PackedAgent(join(this.dir, name), (args) => this.#start('commander-agent', args));
  }

  #start(name: 'commander' | 'commander-agent', args: readonly string[]): PackedProcess {
    const env = { COMMANDER_CONFIG_DIR: join(this.dir, 'admin'), ...this.#environment };
    const started = new PackedProcess(packedPath(name), args, { cwd: this.dir, env });
    this.#onEnd(async () => {
      started.kill();
      await started.outcome();
    });
    return started;
  }

  async #logIn({ url, fingerprint, firstAdmin }: Announcement): Promise<void> {
    const { username = '', password = '' } = firstAdmin ?? {};
    const env = { COMMANDER_CONFIG_DIR: join(this.dir, 'admin'), COMMANDER_PASSWORD: password };
    const args = ['login', '--server', url, '--ca-fingerprint', fingerprint, '--username', username];
    requireOk(await new PackedProcess(packedPath('commander'), args, { cwd: this.dir, env }).outcome());
  }
}

/** One endpoint: its state folder, and the agent that runs on it now and then. */
export class PackedAgent {
  readonly stateDir: string;
  agentID = '';
  readonly #start: (args: readonly string[]) => PackedProcess;
  #process: PackedProcess | undefined;

  constructor(stateDir: string, start: (args: readonly string[]) => PackedProcess) {
    this.stateDir = stateDir;
    this.#start = start;
  }

  start(): PackedProcess {
    if (this.#process?.hasEnded === false) throw new Error('This agent is running already');
    this.#process = this.#start(['run', '--state-dir', this.stateDir]);
    return this.#process;
  }

  /** Starts it and waits until it has checked in. */
  async connect(): Promise<void> {
    const running = this.start();
    await waitFor(() => running.hasEnded || readAgentStore(this.stateDir).connection?.state === 'connected', {
      what: 'the check-in',
    });
    if (running.hasEnded) throw new Error(`The agent ended:\n${running.stderr}`);
  }

  async stop(): Promise<Outcome | undefined> {
    return await this.#process?.stop();
  }

  /** As a power cut would. */
  async kill(): Promise<void> {
    this.#process?.kill();
    await this.#process?.outcome();
  }

  /** The signal only: nothing has a chance to happen between the call and it. */
  killNow(): void {
    this.#process?.kill();
  }

  /** Runs one of the agent's other commands to its end. */
  async command(...args: string[]): Promise<Outcome> {
    return await this.#start([...args, '--state-dir', this.stateDir]).outcome();
  }

  async status(): Promise<EndpointStatus> {
    return JSON.parse(requireOk(await this.command('status', '--json'))) as EndpointStatus;
  }
}

/** What it printed, when all went well. */
export function requireOk({ code, stdout, stderr }: Outcome): string {
  if (code === 0) return stdout;
  throw new Error(`It ended with ${String(code)}:\n${stderr}${stdout}`);
}

function parseWhole(text: string): unknown {
  return text.endsWith('}\n') ? JSON.parse(text) : undefined;
}
