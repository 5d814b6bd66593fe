import type { UnitState } from '../../protocol/schemas/desired.ts';

/** Gathers what changes in one go, so that it is sent in one message: of each unit the latest state. */
export function gatherChanges(send: (states: UnitState[]) => void): (state: UnitState) => void {
  const gathered = new Map<string, UnitState>();
  return (state) => {
    if (gathered.size === 0)
      queueMicrotask(() => {
        const states = [...gathered.values()];
        gathered.clear();
        send(states);
      });
    gathered.set(`${state.kind} ${state.name}`, state);
  };
}
