import type { Self } from '../../../lib/self.ts';

/** The executable that was installed, and how it is started. */
export type Launcher = Pick<Self, 'executablePath' | 'leadingArgs'>;

/** Left in its environment by whoever handed over to a process, so that this one does not choose again. */
export interface LaunchMark {
  /** What it was chosen as. */
  readonly version: string;
  readonly launcher: Launcher;
}

/** Takes the mark out of `environment`, where nothing that this process starts may find it. */
export function takeLaunchMark(environment: NodeJS.ProcessEnv): LaunchMark | undefined {
  const { COMMANDER_LAUNCHED_AS: text } = environment; // no setting, so not named as one
  delete environment['COMMANDER_LAUNCHED_AS'];
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as LaunchMark;
  } catch {
    return undefined; // not from us
  }
}

export function withLaunchMark(environment: NodeJS.ProcessEnv, mark: LaunchMark): NodeJS.ProcessEnv {
  return { ...environment, COMMANDER_LAUNCHED_AS: JSON.stringify(mark) };
}

/** The mark, unless it was left for the executable that a package has replaced by this one since: then this one is to choose. */
export function validMark(
  mark: LaunchMark | undefined,
  { version, self }: { version: string; self: Pick<Self, 'executablePath'> },
): LaunchMark | undefined {
  const isReplaced = mark?.launcher.executablePath === self.executablePath && mark.version !== version;
  return isReplaced ? undefined : mark;
}
