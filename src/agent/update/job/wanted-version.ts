import type { SwitchState } from '../switch/switch-state.ts';

/** Which version this endpoint is to run; undefined when nobody says so, or it failed here and nobody has asked again. */
export function wantedVersion(state: SwitchState, desired: string | undefined): string | undefined {
  const version = state.pinned ?? desired;
  return version === undefined || state.bad[version] !== undefined ? undefined : version;
}
