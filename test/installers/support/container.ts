import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { cpSync } from 'node:fs';
import { basename, join } from 'node:path';
import { debianRootPath } from '../../../build/installers/debian-root.ts';
import { hasTool } from '../../../build/installers/run-tool.ts';
import { waitFor } from '../../support/wait-for.ts';
import { childOf, Overlay, whyNoOverlay } from './overlay.ts';

/** nspawn wants a mount point of its own there, which goes with the namespace that it is in. */
const START_NSPAWN = `
  run=/run/systemd/nspawn
  mkdir -p "$run" && mount -t tmpfs tmpfs "$run" && exec systemd-nspawn --quiet --register=no --keep-unit "$@"
`;

/** For one command to its end. Test runners cannot stop a test that waits in a system call. */
const LIMIT_MS = 120_000;

/** Why no container can be booted here; undefined when one can. */
export function whyNoContainer(): string | undefined {
  if (process.getuid?.() !== 0) return 'booting a container takes root';
  if (!hasTool('systemd-nspawn')) return '"systemd-nspawn" is not installed';
  return whyNoOverlay('bookworm') ?? whyNoNspawn();
}

/** Machines that are containers themselves may allow mounts, and still not this. */
function whyNoNspawn(): string | undefined {
  const args = nspawn('--read-only', '--directory', debianRootPath('bookworm'), '/bin/true');
  const { status, stderr } = spawnSync('unshare', args, { encoding: 'utf8', timeout: LIMIT_MS });
  return status === 0
    ? undefined
    : `"systemd-nspawn" does not work here: ${stderr.trim().split('\n').at(-1)}`;
}

export interface ContainerOutcome {
  code: number;
  /** Everything it said. */
  output: string;
}

/** A booted Debian with systemd, in an overlay over the cached one, on this machine's own network. */
export class Container {
  readonly #overlay: Overlay;
  readonly #nspawn: ChildProcess;
  #initPid = '';

  private constructor(overlay: Overlay) {
    this.#overlay = overlay;
    const machine = `--machine=commander-${randomUUID().slice(0, 8)}`;
    const args = nspawn('--console=read-only', '--boot', machine, '--directory', overlay.rootDir);
    this.#nspawn = spawn('unshare', args, { stdio: 'ignore' });
  }

  static async boot(): Promise<Container> {
    const container = new Container(new Overlay('bookworm'));
    try {
      await container.#untilRunning();
      return container;
    } catch (error) {
      await container.end();
      throw error;
    }
  }

  /** Runs a command in it to its end. */
  try(command: readonly string[], env: Readonly<Record<string, string>> = {}): ContainerOutcome {
    const { status, stdout, stderr, error } = spawnSync('nsenter', this.#enter(command, env), {
      encoding: 'utf8',
      timeout: LIMIT_MS,
      killSignal: 'SIGKILL',
    });
    if (error !== undefined) throw new Error(`In the container, "${command.join(' ')}": ${error.message}`);
    return { code: status ?? -1, output: stdout + stderr };
  }

  /** As `try`, for commands that want something of this very process while they run. */
  async tryInBackground(command: readonly string[]): Promise<ContainerOutcome> {
    const child = spawn('nsenter', this.#enter(command, {}), { stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code: code ?? -1, output };
  }

  /** As `try`, and throws with all that it said unless it went well. */
  run(command: readonly string[], env: Readonly<Record<string, string>> = {}): string {
    const { code, output } = this.try(command, env);
    if (code !== 0) throw new Error(`"${command.join(' ')}" ended with ${code}:\n${output}`);
    return output.trim();
  }

  /** Puts a file or folder of this machine into its /root. Returns the path there. */
  take(path: string): string {
    cpSync(path, join(this.#overlay.rootDir, 'root', basename(path)), { recursive: true });
    return `/root/${basename(path)}`;
  }

  /** Ends it and all that runs in it, and removes what it wrote. */
  async end(): Promise<void> {
    const ended = once(this.#nspawn, 'exit');
    if (this.#nspawn.exitCode === null && this.#nspawn.signalCode === null) {
      this.#nspawn.kill('SIGKILL');
      await ended;
    }
    if (this.#initPid !== '') spawnSync('kill', ['-9', this.#initPid]); // takes its whole pid namespace along
    await this.#overlay.remove();
  }

  #enter(command: readonly string[], env: Readonly<Record<string, string>>): string[] {
    const kinds = ['--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup', '--root', '--wd'];
    const variables = { PATH, LC_ALL: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive', ...env };
    const assignments = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
    return ['--target', this.#initPid, ...kinds, 'env', '-i', ...assignments, ...command];
  }

  /** Its first child is short-lived and makes the one that becomes init, so who that is must be asked again and again. */
  async #untilRunning(): Promise<void> {
    const isRunning = (): boolean => {
      this.#initPid = childOf(this.#nspawn.pid) ?? '';
      if (this.#initPid === '') return false;
      return /running|degraded/.test(this.try(['systemctl', 'is-system-running']).output);
    };
    await waitFor(isRunning, { what: 'the container to boot', timeoutMs: 30_000, everyMs: 100 });
  }
}

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** What `unshare` is to do. The process that it was becomes nspawn. */
function nspawn(...args: string[]): string[] {
  return ['--mount', 'sh', '-c', START_NSPAWN, 'sh', ...args];
}
