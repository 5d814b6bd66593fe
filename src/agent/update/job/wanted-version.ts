import type { UpdateOrigin } from '../../../protocol/schemas/job.ts';
import type { SwitchState } from '../switch/switch-state.ts';

/** Which version this endpoint is to run; undefined when nobody says so, or it failed here and nobody has asked again. */
export function wantedVersion(state: SwitchState, desired: string | undefined): string | undefined {
  const version = state.pinned ?? desired;
  return version === undefined || state.bad[version] !== undefined ? undefined : version;
}

/** Whether a change of version that has begun is to go on. Away from one that failed here it is, whoever else wants what. */
export function isStillWanted(
  { updateTo, updateFrom }: UpdateOrigin,
  state: SwitchState,
  desired: string | undefined,
): boolean {
  const wanted = wantedVersion(state, desired);
  return wanted === undefined ? state.bad[updateFrom] !== undefined : wanted === updateTo;
}
