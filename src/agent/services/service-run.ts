import type { ChildProcess } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Clock } from '../../lib/clock.ts';
import { AppError } from '../../lib/errors.ts';
import type { Logger } from '../../lib/log.ts';
import { removeDir } from '../../lib/remove-dir.ts';
import { sleepOrRing } from '../../lib/sleep-or-ring.ts';
import { Wakeup } from '../../lib/wakeup.ts';
import type { Platform, TreeMark } from '../../platform/platform.ts';
import type { ProgramCommand } from '../../platform/program-command.ts';
import { RunFolder, type LogLimits } from './run-folder.ts';

/** What would not end by then (a process stuck in the kernel) is given up, and logged. */
const KILL_DEADLINE_MS = 5_000;
/** For a shepherd to write out what its program has left in the pipe. */
const DRAIN_MS = 2_000;
const DRAIN_LOOK_MS = 20;

export interface RunDeps {
  readonly platform: Platform;
  readonly clock: Clock;
  readonly log: Logger;
  readonly livenessMs: number;
}

export interface RunOrder extends ProgramCommand {
  readonly cwd: string;
  readonly logPath: string;
  readonly log: LogLimits;
}

/** How a run ended; no exit code when its shepherd was ended, or the machine, or when nothing ever ran. */
export interface RunEnd {
  readonly exitCode?: number;
}

/** One life of a service's program, which may have begun under an earlier agent and may go on under a later one. */
export class ServiceRun {
  readonly #folder: RunFolder;
  readonly #deps: RunDeps;
  readonly #bell = new Wakeup();
  #child: ChildProcess | undefined;

  constructor(runDir: string, deps: RunDeps) {
    this.#folder = new RunFolder(runDir);
    this.#deps = deps;
  }

  /** Carried by the program and all that it starts. */
  get mark(): TreeMark {
    return this.#folder.mark;
  }

  get pid(): number | undefined {
    return this.#folder.programPid();
  }

  /** @throws AppError SPAWN_FAILED */
  async start({ command, args, env, cwd, logPath, log }: RunOrder): Promise<void> {
    const { dir: runDir } = this.#folder;
    await mkdir(dirname(logPath), { recursive: true, mode: 0o700 });
    this.#folder.make();
    this.#folder.limitLog(log);
    const shepherd = this.#deps.platform.shepherd({ runDir, logPath, command, args });
    try {
      const { spawn } = await import('node:child_process');
      // Detached, so that it is in a session of its own: no terminal or service manager that ends us takes it along.
      const options = { cwd, env, detached: true, windowsHide: true, stdio: 'ignore' } as const;
      const child = spawn(shepherd.command, [...shepherd.args], options);
      this.#child = child;
      child.once('exit', () => this.#bell.ring());
      await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
      child.unref();
    } catch (cause) {
      throw new AppError('SPAWN_FAILED', `Cannot start "${command}"`, { cause });
    }
  }

  limitLog(limits: LogLimits): void {
    this.#folder.limitLog(limits);
  }

  /** Whether a run of an earlier agent began at all: it may have died between its decision and the start. Settled from now on. */
  adopt(): 'started' | 'never-started' {
    return this.#folder.close() ? 'never-started' : 'started';
  }

  /** Resolves when the program has ended; woken by file events, with a look now and then should one be lost. Calls `onStir` when something else may be new, the `pid` say. */
  async ended(signal: AbortSignal, onStir: () => void = () => undefined): Promise<RunEnd> {
    const stopWatching = this.#watch();
    try {
      for (;;) {
        const end = await this.#look();
        if (end !== undefined) return end;
        onStir();
        const { clock, livenessMs } = this.#deps;
        await sleepOrRing(livenessMs, { clock, bell: this.#bell, signal });
      }
    } finally {
      stopWatching();
    }
  }

  /** Asks, waits, forces; on return nothing of it is left. */
  async stop(graceMs: number): Promise<RunEnd> {
    this.#folder.close(); // a shepherd that has not got round to it yet need not start anything
    const over = new AbortController();
    await this.#tree().ask();
    try {
      await Promise.race([this.ended(over.signal), this.#deps.clock.sleep(graceMs, over.signal)]);
    } finally {
      over.abort();
    }
    return await this.finish();
  }

  /** Ends what is left of the program's tree, and waits until all its output is in the log. */
  async finish(): Promise<RunEnd> {
    const { clock, log } = this.#deps;
    const deadline = clock.monotonic() + DRAIN_MS;
    for (;;) {
      const { survivors } = await this.#tree().kill(KILL_DEADLINE_MS);
      if (survivors.length > 0) log.warn('service.survivors', 'Processes would not end', { pids: survivors });
      if (!(await this.#hasShepherd()) || clock.monotonic() > deadline) return (await this.#look()) ?? {};
      // It may have been about to start its program when there was nothing to end yet.
      await clock.sleep(DRAIN_LOOK_MS);
    }
  }

  /** Forgets the run, when its end has been written down elsewhere. */
  async remove(): Promise<void> {
    await removeDir(this.#folder.dir);
  }

  #tree(): ReturnType<Platform['processTree']> {
    // Its shepherd keeps the program's ID from being used again until it has said how that ended.
    const livingPid = this.#folder.exitCode() === undefined ? this.pid : undefined;
    return this.#deps.platform.processTree({ mark: this.#folder.mark, livingPid });
  }

  #watch(): () => void {
    try {
      return this.#folder.watch(() => this.#bell.ring());
    } catch (error) {
      this.#deps.log.warn('service.unwatched', 'File events are not to be had; the end is noticed late', {
        err: error,
      });
      return () => undefined;
    }
  }

  async #look(): Promise<RunEnd | undefined> {
    const exitCode = this.#folder.exitCode();
    if (exitCode !== undefined) return { exitCode };
    const shepherd = this.#folder.shepherd();
    if (shepherd === undefined) return this.#isStarting() ? undefined : {};
    if (await this.#isAlive(shepherd)) return undefined;
    const atLast = this.#folder.exitCode(); // written while we looked elsewhere
    return atLast === undefined ? {} : { exitCode: atLast };
  }

  #isStarting(): boolean {
    return this.#child?.exitCode === null && this.#child.signalCode === null;
  }

  async #hasShepherd(): Promise<boolean> {
    const shepherd = this.#folder.shepherd();
    return shepherd !== undefined && (await this.#isAlive(shepherd));
  }

  async #isAlive({ pid, identity }: { pid: number; identity: string }): Promise<boolean> {
    return (await this.#deps.platform.processIdentity(pid)) === identity;
  }
}
