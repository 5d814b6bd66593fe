/** A version that has not shown yet that it is as good as the one before it. Times are milliseconds since the epoch. */
export interface Probation {
  readonly version: string;
  /** What to go back to. */
  readonly from: string;
  /** The update job. */
  readonly jobID: string;
  readonly since: number;
  /** How often the version was started, counted before each start. */
  readonly starts: number;
}

/** What was wrong with a version here. */
export interface BadMark {
  readonly reason: string;
  readonly at: number;
}

/**
 * Which version of the agent this endpoint runs. One file, replaced atomically, is all that a change of version changes:
 * at any moment it names one version, whole.
 */
export interface SwitchState {
  /** Of the installed executable, which is started first and hands over to the current version. */
  readonly base: string;
  readonly current: string;
  /** Kept to go back to. */
  readonly previous?: string;
  readonly probation?: Probation;
  /** By version: not tried again until somebody asks. */
  readonly bad: Readonly<Record<string, BadMark>>;
  /** Stays at this version whatever the server wants. */
  readonly pinned?: string;
}

/** More starts than these without proof, and the version has had its chances. */
export const MAX_STARTS = 3;

/** Before any update: the installed executable is all there is. */
export function initialState(base: string): SwitchState {
  return { base, current: base, bad: {} };
}

/** From here on `version` is started, on probation. */
export function switched(
  state: SwitchState,
  { version, jobID, at }: { version: string; jobID: string; at: number },
): SwitchState {
  const from = state.current;
  return {
    ...without(state, 'probation'),
    current: version,
    previous: from,
    probation: { version, from, jobID, since: at, starts: 0 },
  };
}

/** The version on probation is about to be started. */
export function started(state: SwitchState): SwitchState {
  const { probation } = state;
  return probation === undefined
    ? state
    : { ...state, probation: { ...probation, starts: probation.starts + 1 } };
}

export function proven(state: SwitchState): SwitchState {
  return without(state, 'probation');
}

/** Back to where the version on probation came from; remembered as bad. */
export function turnedBack(state: SwitchState, { reason, at }: BadMark): SwitchState {
  const { probation } = state;
  if (probation === undefined) return state;
  return {
    ...without(state, 'probation', 'previous'),
    current: probation.from,
    bad: { ...state.bad, [probation.version]: { reason, at } },
  };
}

/** Another executable was installed by hand or by a package: from now on that is what counts. */
export function reinstalled(state: SwitchState, base: string): SwitchState {
  return { ...without(state, 'probation', 'previous'), base, current: base };
}

/** Somebody asks for it: a version that failed here may be tried again. */
export function pardoned(state: SwitchState, version: string): SwitchState {
  return { ...state, bad: without(state.bad, version) };
}

function without<T extends object, K extends keyof T>(record: T, ...keys: K[]): Omit<T, K> {
  const kept = Object.entries(record).filter(([key]) => !keys.includes(key as K));
  return Object.fromEntries(kept) as Omit<T, K>;
}
