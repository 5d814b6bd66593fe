import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, lstatSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { waitFor } from '../../support/wait-for.ts';
import { childOf, Overlay, whyNoOverlay } from './overlay.ts';

const PREFIX = '/root/prefix';
const ENVIRONMENT = {
  HOME: '/root',
  WINEPREFIX: PREFIX,
  WINEDEBUG: '-all',
  XDG_RUNTIME_DIR: '/tmp',
  PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
};
/** For one program to its end. Test runners cannot stop a test that waits in a system call. */
const LIMIT_MS = 60_000;
/** Keeps the namespaces, and with them everything started in them, until it is killed. */
const HOLD = `
  mount -t proc proc "$1/proc" && mount --bind /sys "$1/sys" && mount --bind /dev "$1/dev" && exec chroot "$1" sleep infinity
`;

/** Prints the process IDs of the programs that have the words in $0 in their command lines, but not of shells. */
const MATCHING = `for each in /proc/[0-9]*; do
    line=$(tr '\\0' ' ' 2>/dev/null <"$each/cmdline")
    case $line in sh\\ *) ;; *"$0"*) echo "\${each#/proc/}" ;; esac
  done`;

/** Why there is no stand-in for Windows here; undefined when there is one. */
export function whyNoWine(): string | undefined {
  if (process.getuid?.() !== 0) return 'running wine in a system of its own takes root';
  return whyNoOverlay('trixie');
}

/**
 * Wine with an empty drive C, in an overlay over the cached Debian. It is no Windows: what it lacks of it, no test here can tell. Its
 * programs write to a file, because Node under wine dies when its output is a pipe.
 */
export class WineMachine {
  readonly #overlay = new Overlay('trixie');
  readonly #holder: ChildProcess;
  #server: ChildProcess | undefined;
  #pid = '';

  private constructor() {
    copyFileSync('/etc/hosts', join(this.#overlay.rootDir, 'etc/hosts')); // or nothing knows localhost
    const namespaces = ['--mount', '--pid', '--fork', '--kill-child', '--propagation', 'private'];
    this.#holder = spawn('unshare', [...namespaces, 'sh', '-c', HOLD, 'sh', this.#overlay.rootDir], {
      stdio: 'ignore',
    });
  }

  static async start(): Promise<WineMachine> {
    const machine = new WineMachine();
    try {
      const { pid } = machine.#holder;
      machine.#pid = await waitFor(() => inItsRoot(childOf(pid)), { what: 'the system around wine' });
      machine.run('wineboot', '--init');
      // Its services outlive it for a while, and then those of the first program would be there twice, and answer in turn.
      machine.#enter('wineserver', '--wait');
      machine.#startServer();
      machine.#logOn();
      return machine;
    } catch (error) {
      await machine.end();
      throw error;
    }
  }

  /**
   * What has become of wine's server. That of Debian's wine 10.0 uses freed memory, and may crash by that, when a process closes a pipe
   * while another of its threads reads from it, as Node does with the channel to its parent. Whatever runs then hangs or is gone.
   */
  async whyBroken(): Promise<string | undefined> {
    await setImmediate(); // or its end would not be heard after a command that was waited for in a system call
    const isUp = this.#server?.exitCode === null && this.#server.signalCode === null;
    return isUp ? undefined : "wine's server has crashed";
  }

  /** Runs a Windows program to its end. */
  run(...command: readonly string[]): { code: number; output: string } {
    const outPath = '/root/output';
    const code = this.#enter('sh', '-c', `exec wine "$@" >${outPath} 2>&1`, 'sh', ...command);
    return { code, output: readFileSync(join(this.#overlay.rootDir, outPath), 'utf8') };
  }

  /** Starts a Windows program that is not waited for; it ends with the machine. */
  start(...command: readonly string[]): void {
    spawn('nsenter', this.#entering('sh', '-c', 'exec wine "$@"', 'sh', ...command), { stdio: 'ignore' });
  }

  /** Process IDs, as this machine's Debian has them, of the programs that have `words` in their command lines. */
  find(words: string): string[] {
    const foundPath = '/root/found';
    this.#enter('sh', '-c', `${MATCHING} >${foundPath}`, words);
    return readFileSync(join(this.#overlay.rootDir, foundPath), 'utf8').split('\n').slice(0, -1);
  }

  /** Ends at once what `find` would find. Returns how many there were. */
  kill(words: string): number {
    const found = this.find(words);
    this.#enter('sh', '-c', 'kill -KILL "$@"', 'sh', ...found);
    return found.length;
  }

  /** Puts a file on its drive C. Returns its path there. */
  take(path: string): string {
    copyFileSync(path, this.pathOf(basename(path)));
    return `C:\\${basename(path)}`;
  }

  /** Where a file of its drive C is on this machine. */
  pathOf(name: string): string {
    return join(this.#overlay.rootDir, PREFIX, 'drive_c', name);
  }

  async end(): Promise<void> {
    const ended = once(this.#holder, 'exit');
    this.#holder.kill('SIGKILL');
    await ended;
    await this.#overlay.remove();
  }

  /** In the foreground and for good, for its end to be seen. Programs would start it themselves. */
  #startServer(): void {
    const args = this.#entering('/usr/lib/wine/wineserver', '--foreground', '--persistent');
    this.#server = spawn('nsenter', args, { stdio: 'ignore' }); // ends with the holder
  }

  /** A prompt that waits for its input for ever: when the last program ends that is no service, wine ends the services. */
  #logOn(): void {
    const args = this.#entering('sh', '-c', 'sleep infinity | wine cmd');
    spawn('nsenter', args, { stdio: 'ignore' }); // ends with the holder
  }

  #enter(...command: readonly string[]): number {
    const { status, error } = spawnSync('nsenter', this.#entering(...command), {
      stdio: 'ignore',
      timeout: LIMIT_MS,
      killSignal: 'SIGKILL',
    });
    if (error !== undefined) throw new Error(`Under wine, "${command.join(' ')}": ${error.message}`);
    return status ?? -1;
  }

  #entering(...command: readonly string[]): string[] {
    const assignments = Object.entries(ENVIRONMENT).map(([name, value]) => `${name}=${value}`);
    const namespaces = ['--target', this.#pid, '--mount', '--pid', '--root', '--wd'];
    return [...namespaces, 'env', '-i', ...assignments, ...command];
  }
}

/** The process, once it has changed into the system's root; before, it would lead elsewhere. */
function inItsRoot(pid: string | undefined): string | undefined {
  const wine = lstatSync(`/proc/${pid ?? 'none'}/root/usr/bin/wine`, { throwIfNoEntry: false });
  return wine === undefined ? undefined : pid;
}
