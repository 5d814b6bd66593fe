import { join } from 'node:path';
import { AppError, describeError, isAppError } from '../../../lib/errors.ts';
import type { Self } from '../../../lib/self.ts';
import type { Become, ProcessImage } from '../../../platform/become.ts';
import type { OsName, ProgramStart } from '../../../platform/platform.ts';
import { LOCK_NAME } from '../../../store/agent/open-agent-store.ts';
import { isInstanceLockHeld } from '../../../store/single-instance-lock.ts';
import { chooseVersion, type LaunchChoice } from './choose-version.ts';
import { executableFlaw } from './executable-flaw.ts';
import { isOnProbation } from './keep-alive.ts';
import { withLaunchMark, type Launcher, type LaunchMark } from './launch-mark.ts';
import type { SwitchState } from './schema.ts';
import { lastStopped } from './signs.ts';
import type { Watched } from './start-guard.ts';
import { changeSwitch, loadSwitch } from './switch-file.ts';
import { executablePathOf, versionsDirOf } from './versions-folder.ts';

/** Who hands over, and where. */
export interface Place {
  readonly stateDir: string;
  /** The version of this process. */
  readonly own: string;
  readonly self: Self;
  readonly mark: LaunchMark | undefined;
  readonly environment: NodeJS.ProcessEnv;
  readonly os: OsName;
  readonly become: Become;
}

export interface HandOverOptions extends Place {
  /** A version on probation runs as process `pid` from now on, or is about to. */
  readonly watch: (watched: Watched) => Promise<void>;
  readonly pid: number;
  /** Whether its own version does not go on in this process either, for instance because an agent has run in it and ended. */
  readonly startsAnew: boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** A version that ran in a process of its own, to its end. */
export interface Ended {
  readonly version: string;
  readonly exitCode: number;
}

/**
 * Before an agent runs, and after one has made room: goes on as the version that is current, as `Become` does. Undefined when this
 * process is to go on as it is. Each start of a version on probation is written down before, and what cannot be started is
 * turned back at once.
 */
export async function handOver(options: HandOverOptions): Promise<Ended | undefined> {
  const { stateDir, own, pid, watch, startsAnew } = options;
  const launcher = launcherOf(options);
  // Beside an agent that runs no other can; trying to must not count as a start.
  if (launcher === undefined || isInstanceLockHeld(join(stateDir, LOCK_NAME))) return undefined;
  const obstacles = new Map<string, string>();
  for (;;) {
    const version = choose(options, obstacles);
    if (version === undefined || obstacles.has(version)) return undefined;
    const watched = { version, agent: agentOf(launcher, options) };
    const onPid = async (of: number): Promise<void> => {
      if (isOnProbation(stateDir, version)) await watch({ ...watched, pid: of });
    };
    if (version === own && !startsAnew) {
      await onPid(pid);
      return undefined;
    }
    try {
      await requireNoFlaw(version, options);
      return { version, exitCode: await options.become(imageOf(version, launcher, options), onPid) };
    } catch (error) {
      if (!isAppError(error, 'SPAWN_FAILED')) throw error;
      obstacles.set(version, describeError(error));
    }
  }
}

/** Whether another version is current. */
export function isReplaced({ stateDir, version }: { stateDir: string; version: string }): boolean {
  const current = loadSwitch(stateDir)?.current;
  return current !== undefined && current !== version;
}

/** For a command that only looks: goes on as the version that is known to work, so that it reads what that one wrote. */
export async function handOverToLook(options: Place): Promise<number | undefined> {
  const { stateDir, own, mark } = options;
  const launcher = launcherOf(options);
  const state = loadSwitch(stateDir);
  if (launcher === undefined || mark !== undefined || state?.base !== own) return undefined;
  const version = state.probation?.from ?? state.current;
  if (version === own) return undefined;
  try {
    await requireNoFlaw(version, options);
    return await options.become(imageOf(version, launcher, options));
  } catch {
    return undefined; // the next start of the agent sees to it
  }
}

/** Undefined when nobody knows which executable was installed: somebody has started a version by its own path. */
export function launcherOf({
  mark,
  self,
  stateDir,
}: Pick<Place, 'mark' | 'self' | 'stateDir'>): Launcher | undefined {
  if (mark !== undefined) return mark.launcher;
  if (self.executablePath.startsWith(join(versionsDirOf(stateDir), '/'))) return undefined;
  const { executablePath, leadingArgs } = self;
  return { executablePath, leadingArgs };
}

function choose(options: HandOverOptions, obstacles: ReadonlyMap<string, string>): string | undefined {
  const { stateDir, own, mark, now } = options;
  const state = loadSwitch(stateDir);
  if (state === undefined) return undefined;
  const chooseIn = (known: SwitchState): LaunchChoice =>
    chooseVersion(known, {
      own: mark === undefined ? own : known.base,
      obstacleTo: (version) => obstacles.get(version),
      stoppedAt: lastStopped(stateDir),
      now: now(),
    });
  let choice = chooseIn(state);
  if (choice.state === state) return choice.version;
  try {
    changeSwitch(options, (known) => (choice = chooseIn(known)).state);
    return choice.version;
  } catch (error) {
    if (!isAppError(error, 'STATE_UNWRITABLE')) throw error;
    return choice.state.probation?.from ?? choice.version; // a start that cannot be counted might be repeated for ever
  }
}

/** @throws AppError SPAWN_FAILED */
async function requireNoFlaw(version: string, { stateDir, os }: Place): Promise<void> {
  if (loadSwitch(stateDir)?.base === version) return; // somebody else has installed it, and may do so anew
  const flaw = await executableFlaw(executablePathOf(stateDir, version, { os }));
  if (flaw !== undefined) throw new AppError('SPAWN_FAILED', flaw);
}

function imageOf(version: string, launcher: Launcher, options: Place): ProcessImage {
  const { stateDir, os, self, environment } = options;
  const isBase = loadSwitch(stateDir)?.base === version;
  const path = isBase ? launcher.executablePath : executablePathOf(stateDir, version, { os });
  return {
    path,
    args: [...(isBase ? launcher.leadingArgs : []), ...self.argv],
    environment: withLaunchMark(environment, { version, launcher }),
  };
}

/** How an agent as this one is started. */
export function agentOf(
  { executablePath, leadingArgs }: Launcher,
  { self }: Pick<Place, 'self'>,
): ProgramStart {
  return { command: executablePath, args: [...leadingArgs, ...self.argv] };
}
