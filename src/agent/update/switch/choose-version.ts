import {
  initialState,
  MAX_STARTS,
  reinstalled,
  started,
  stopped,
  turnedBack,
  type SwitchState,
} from './switch-state.ts';

export interface LaunchFacts {
  /** Of the executable that was started: the installed one. */
  readonly own: string;
  /** Why the executable of a version cannot be started, one sentence. */
  readonly obstacleTo: (version: string) => string | undefined;
  /** When somebody last asked a version on probation to stop. Milliseconds since the epoch. */
  readonly stoppedAt: number | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface LaunchChoice {
  /** What is to run; the executable that was started if it is that. */
  readonly version: string;
  /** As it is to be written before that runs; the same object when nothing has changed. */
  readonly state: SwitchState;
}

/**
 * Decides at each start which version runs. This is the one way back that needs no other process: whatever became of the
 * guard, a version that was started too often without proof is left here.
 */
export function chooseVersion(state: SwitchState | undefined, facts: LaunchFacts): LaunchChoice {
  const known = state ?? initialState(facts.own);
  const valid = known.base === facts.own ? known : reinstalled(known, facts.own);
  const counted = facts.stoppedAt === undefined ? valid : stopped(valid, facts.stoppedAt);
  const chosen = startable(judged(counted, facts), facts);
  const next = chosen.probation?.version === chosen.current ? started(chosen) : chosen;
  return { version: next.current, state: state === undefined && next.current === facts.own ? known : next };
}

/** Gives up a version on probation that has had its chances. */
function judged(state: SwitchState, { now }: LaunchFacts): SwitchState {
  const { probation } = state;
  if (probation === undefined || probation.starts < MAX_STARTS) return state;
  return turnedBack(state, {
    reason: `It was started ${probation.starts} times and never showed that it works`,
    at: now,
  });
}

/** Falls back from what cannot be started. */
function startable(state: SwitchState, facts: LaunchFacts): SwitchState {
  const { own, obstacleTo, now } = facts;
  const { current, probation } = state;
  const reason = current === own ? undefined : obstacleTo(current);
  if (reason === undefined) return state;
  if (probation?.version === current) return startable(turnedBack(state, { reason, at: now }), facts);
  return reinstalled(state, own); // it was good once: if it is still wanted it is fetched again, and tried out
}
