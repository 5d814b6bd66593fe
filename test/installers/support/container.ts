import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { debianRootPath } from '../../../build/installers/debian-root.ts';
import { hasTool, runTool } from '../../../build/installers/run-tool.ts';
import { waitFor } from '../../support/wait-for.ts';

/** nspawn wants its own mount point here, and refuses what a container's file system lacks. */
const NSPAWN_RUN_DIR = '/run/systemd/nspawn';

/** Why no container can be booted here; undefined when one can. */
export function whyNoContainer(): string | undefined {
  if (process.getuid?.() !== 0) return 'booting a container takes root';
  if (!hasTool('systemd-nspawn')) return '"systemd-nspawn" is not installed';
  if (!existsSync(debianRootPath('bookworm')))
    return 'there is no Debian to boot; run "npm run installers:tools"';
  return undefined;
}

export interface ContainerOutcome {
  code: number;
  /** Everything it said. */
  output: string;
}

/** A booted Debian with systemd, in an overlay over the cached one, on this machine's own network. */
export class Container {
  readonly #dir: string;
  readonly #nspawn: ChildProcess;
  #initPid = '';

  private constructor(dir: string) {
    this.#dir = dir;
    const args = ['--quiet', '--register=no', '--keep-unit', '--console=read-only', '--boot'];
    const name = basename(dir)
      .replaceAll(/[^a-z0-9]/gi, '')
      .toLowerCase();
    this.#nspawn = spawn('systemd-nspawn', [...args, `--machine=${name}`, '--directory', this.#rootDir], {
      stdio: 'ignore',
    });
  }

  static async boot(): Promise<Container> {
    const dir = mkdtempSync(join(tmpdir(), 'commander-container-'));
    mountOverlay(dir);
    if (!isMountPoint(NSPAWN_RUN_DIR)) {
      mkdirSync(NSPAWN_RUN_DIR, { recursive: true });
      runTool('mount', ['-t', 'tmpfs', 'tmpfs', NSPAWN_RUN_DIR]);
    }
    const container = new Container(dir);
    await container.#untilRunning();
    return container;
  }

  /** Runs a command in it to its end. */
  try(command: readonly string[], env: Readonly<Record<string, string>> = {}): ContainerOutcome {
    const { status, stdout, stderr } = spawnSync('nsenter', this.#enter(command, env), { encoding: 'utf8' });
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
    cpSync(path, join(this.#rootDir, 'root', basename(path)), { recursive: true });
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
    await waitFor(() => spawnSync('umount', [this.#rootDir]).status === 0, {
      what: 'the container to let go',
    });
    rmSync(this.#dir, { recursive: true, force: true });
  }

  get #rootDir(): string {
    return join(this.#dir, 'root');
  }

  #enter(command: readonly string[], env: Readonly<Record<string, string>>): string[] {
    const kinds = ['--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup', '--root', '--wd'];
    const variables = { PATH, LC_ALL: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive', ...env };
    const assignments = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
    return ['--target', this.#initPid, ...kinds, 'env', '-i', ...assignments, ...command];
  }

  async #untilRunning(): Promise<void> {
    const what = 'the container to boot';
    this.#initPid = await waitFor(() => childOf(this.#nspawn.pid), { what });
    await waitFor(() => /running|degraded/.test(this.try(['systemctl', 'is-system-running']).output), {
      what,
      timeoutMs: 30_000,
      everyMs: 100,
    });
  }
}

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

function mountOverlay(dir: string): void {
  for (const name of ['upper', 'work', 'root']) mkdirSync(join(dir, name));
  const layers = `lowerdir=${resolve(debianRootPath('bookworm'))},upperdir=${dir}/upper,workdir=${dir}/work`;
  runTool('mount', ['-t', 'overlay', 'overlay', '-o', layers, join(dir, 'root')]);
}

function isMountPoint(path: string): boolean {
  return readFileSync('/proc/self/mounts', 'utf8').includes(` ${path} `);
}

function childOf(pid: number | undefined): string | undefined {
  const children = spawnSync('ps', ['--no-headers', '-o', 'pid', '--ppid', String(pid)], {
    encoding: 'utf8',
  });
  return children.stdout.trim().split('\n')[0]?.trim() || undefined;
}
