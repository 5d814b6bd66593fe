import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, closeSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { AgentView } from '../src/protocol/schemas/admin/fleet.ts';
import { executablePath, hostTarget } from './targets.ts';

const START_PATIENCE_MS = 15_000;
const STOP_PATIENCE_MS = 10_000;
const POLL_MS = 20;

/** What `commander serve --json` says when it listens. */
interface ServerAnnouncement {
  url: string;
  fingerprint: string;
  firstAdmin: { username: string; password: string };
}

interface StartOptions {
  /** Of the files that take what it says. */
  readonly name: string;
  /** Added to this process's. */
  readonly env?: Record<string, string>;
}

/**
 * The packed server on loopback and packed agents beside it, driven through their command lines as a user would: for the demo and
 * the benchmarks. Everything they write lies in one temporary folder, which goes when the fleet is stopped.
 */
export class LocalFleet {
  readonly commanderPath = resolve(executablePath('commander', hostTarget()));
  readonly agentPath = resolve(executablePath('commander-agent', hostTarget()));
  readonly dir = mkdtempSync(join(tmpdir(), 'commander-fleet-'));
  readonly #children: ChildProcess[] = [];
  #server: ServerAnnouncement | undefined;
  #serverProcess: ChildProcess | undefined;

  get server(): ServerAnnouncement {
    if (this.#server === undefined) throw new Error('The server has not been started');
    return this.#server;
  }

  get serverPid(): number {
    if (this.#serverProcess?.pid === undefined) throw new Error('The server has not been started');
    return this.#serverProcess.pid;
  }

  /** What another shell needs to use this fleet's login. */
  get environment(): Record<string, string> {
    return { COMMANDER_CONFIG_DIR: join(this.dir, 'admin') };
  }

  /** Starts a server with an empty data folder on a free port of loopback. */
  async startServer(): Promise<void> {
    this.#server = await this.#serve('0');
  }

  /** Ends the server and starts it again with what it has stored, where it was. */
  async restartServer(): Promise<void> {
    const { firstAdmin, url } = this.server;
    if (this.#serverProcess !== undefined) await this.end(this.#serverProcess);
    this.#server = { ...(await this.#serve(new URL(url).port)), firstAdmin };
  }

  async logIn(): Promise<void> {
    const { url, fingerprint, firstAdmin } = this.server;
    const { username, password } = firstAdmin;
    const args = ['login', '--server', url, '--ca-fingerprint', fingerprint, '--username', username];
    await this.#run(this.commanderPath, args, { COMMANDER_PASSWORD: password });
  }

  /** A certificate of the fleet's own for another server on loopback; returns its folder. */
  async exportCertificate(): Promise<string> {
    const dir = join(this.dir, 'certificate');
    const args = ['server-certificate', '--name', '127.0.0.1', '--out', dir];
    await this.#run(this.commanderPath, args, { COMMANDER_PASSWORD: this.server.firstAdmin.password });
    return dir;
  }

  /** Runs the admin's command line and returns what it printed. Throws with what it said when it fails. */
  async commander(...args: string[]): Promise<string> {
    return await this.#run(this.commanderPath, args);
  }

  /** Enrols one more agent with a join token; returns its state folder. */
  async enrollAgent(name: string): Promise<string> {
    const stateDir = join(this.dir, name);
    const token = (await this.commander('token', 'create')).trim();
    await this.#run(this.agentPath, ['enroll', '--token', token, '--state-dir', stateDir]);
    return stateDir;
  }

  async startAgent(stateDir: string, env: Record<string, string> = {}): Promise<ChildProcess> {
    return await this.#start(this.agentPath, ['run', '--state-dir', stateDir], { name: 'agent', env });
  }

  async agents(): Promise<AgentView[]> {
    const { agents } = JSON.parse(await this.commander('agents', 'list', '--json')) as {
      agents: AgentView[];
    };
    return agents;
  }

  /** The one agent of this fleet, once it is connected. */
  async connectedAgent(child: ChildProcess): Promise<AgentView> {
    return await this.#poll(child, 'The agent did not check in', async () =>
      (await this.agents()).find(({ connected }) => connected),
    );
  }

  /** What a process has written to stderr so far. */
  saidBy(name: 'agent' | 'server'): string {
    return readFileSync(this.#logPath(name, 'err'), 'utf8');
  }

  /** Ends one process that this fleet started: asks first, forces after a while. */
  async end(child: ChildProcess): Promise<void> {
    if (hasEnded(child)) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const force = setTimeout(() => child.kill('SIGKILL'), STOP_PATIENCE_MS);
    await ended;
    clearTimeout(force);
  }

  /** Ends agents, then the server, and removes everything they wrote. */
  async stop(): Promise<void> {
    for (const child of this.#children.reverse()) await this.end(child);
    rmSync(this.dir, { recursive: true, force: true, maxRetries: 5 });
  }

  async #serve(port: string): Promise<ServerAnnouncement> {
    const where = ['--data-dir', join(this.dir, 'server'), '--host', '127.0.0.1', '--port', port];
    const args = ['serve', ...where, '--name', '127.0.0.1', '--json'];
    const child = await this.#start(this.commanderPath, args, { name: 'server' });
    this.#serverProcess = child;
    return await this.#poll(child, 'The server did not start', () => this.#readAnnouncement());
  }

  async #start(path: string, args: string[], { name, env = {} }: StartOptions): Promise<ChildProcess> {
    const [out, err] = [openSync(this.#logPath(name, 'out'), 'w'), openSync(this.#logPath(name, 'err'), 'w')];
    const options = { cwd: this.dir, env: { ...process.env, ...env } };
    const child = spawn(path, args, { ...options, stdio: ['ignore', out, err] });
    for (const fd of [out, err]) closeSync(fd);
    await once(child, 'spawn');
    this.#children.push(child);
    return child;
  }

  async #run(path: string, args: string[], env: Record<string, string> = {}): Promise<string> {
    try {
      const options = { env: { ...process.env, ...this.environment, ...env }, maxBuffer: 64 * 1024 * 1024 };
      return (await promisify(execFile)(path, args, options)).stdout;
    } catch (cause) {
      const { stderr = '' } = cause as { stderr?: string };
      throw new Error(stderr.trim() || `Cannot run "${path}"`, { cause });
    }
  }

  /** Asks again and again until there is an answer; gives up when `child` ends or time is over, and shows what it said. */
  async #poll<T>(child: ChildProcess, failure: string, ask: () => T | Promise<T>): Promise<NonNullable<T>> {
    for (const deadline = performance.now() + START_PATIENCE_MS; performance.now() < deadline;) {
      const answer = await ask();
      if (answer !== undefined && answer !== null) return answer;
      if (hasEnded(child)) break;
      await sleep(POLL_MS);
    }
    const name = child.spawnfile === this.agentPath ? 'agent' : 'server';
    throw new Error(`${failure}. It said:\n${this.saidBy(name)}`);
  }

  #readAnnouncement(): ServerAnnouncement | undefined {
    const text = readFileSync(this.#logPath('server', 'out'), 'utf8');
    return text.endsWith('}\n') ? (JSON.parse(text) as ServerAnnouncement) : undefined;
  }

  #logPath(name: string, stream: 'out' | 'err'): string {
    return join(this.dir, `${name}.${stream}`);
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
