import type { BadMark, SwitchState } from './schema.ts';

export type { BadMark, Probation, SwitchState } from './schema.ts';

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

/** A run that somebody asked to stop, for instance to start the machine again, shows nothing, and does not count. */
export function stopped(state: SwitchState, at: number): SwitchState {
  const { probation } = state;
  if (probation === undefined || at <= (probation.stoppedAt ?? probation.since)) return state;
  return {
    ...state,
    probation: { ...probation, starts: Math.max(0, probation.starts - 1), stoppedAt: at },
  };
}

export function proven(state: SwitchState): SwitchState {
  return without(state, 'probation');
}

/** Back to where the version on probation came from; remembered as bad. */
export function turnedBack(state: SwitchState, mark: BadMark): SwitchState {
  const { probation } = state;
  if (probation === undefined) return state;
  return {
    ...failed(without(state, 'probation', 'previous'), probation.version, mark),
    current: probation.from,
  };
}

/** Somebody wants the previous version back, or whatever the server names next. */
export function left(state: SwitchState, mark: BadMark): SwitchState {
  const { current, pinned, probation } = state;
  if (probation !== undefined) return turnedBack(state, mark);
  return failed(pinned === current ? unpinned(state) : state, current, mark);
}

/** Stays at `version`, which may be tried again if it has failed here. */
export function pinnedTo(state: SwitchState, version: string): SwitchState {
  return { ...pardoned(state, version), pinned: version };
}

export function unpinned(state: SwitchState): SwitchState {
  return state.pinned === undefined ? state : without(state, 'pinned');
}

/** Not tried again until somebody asks, or the time has come that the mark says. */
export function failed(state: SwitchState, version: string, mark: BadMark): SwitchState {
  return { ...state, bad: { ...state.bad, [version]: mark } };
}

/** Another executable was installed by hand or by a package: from now on that is what counts. */
export function reinstalled(state: SwitchState, base: string): SwitchState {
  return { ...without(state, 'probation', 'previous'), base, current: base };
}

/** Somebody asks for it: a version that failed here may be tried again. */
export function pardoned(state: SwitchState, version: string): SwitchState {
  return { ...state, bad: without(state.bad, version) };
}

/** Marks whose time is over are taken away; so are those of a clock that was set back since. */
export function lapsed(state: SwitchState, now: number): SwitchState {
  const over = Object.entries(state.bad).filter(
    ([, { at, retryAt }]) => retryAt !== undefined && (retryAt <= now || now < at),
  );
  return over.reduce((left, [version]) => pardoned(left, version), state);
}

/** The server wants `version`, or does not mind. When it wanted another before, one that failed here may be tried again. */
export function named(state: SwitchState, version: string | undefined): SwitchState {
  const wanted = version ?? null;
  if (wanted === state.wanted) return state;
  const isAnew = version !== undefined && state.wanted !== undefined;
  return { ...(isAnew ? pardoned(state, version) : state), wanted };
}

function without<T extends object, K extends keyof T>(record: T, ...keys: K[]): Omit<T, K> {
  const kept = Object.entries(record).filter(([key]) => !keys.includes(key as K));
  return Object.fromEntries(kept) as Omit<T, K>;
}
