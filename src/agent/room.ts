import { Stopped } from '../lib/stopped.ts';

/** What asks an agent to stop, when it may also ask itself. */
export interface Room {
  readonly stop: AbortSignal;
  readonly stopNow: AbortSignal;
  /** Stops the agent for another version: it takes no new job, and lets those that run end unless it is urgent. */
  readonly makeRoom: (how?: { readonly isUrgent: boolean }) => void;
}

/** Once it makes room of its own accord, whoever asks it to stop is in a hurry. */
export function makingRoom({ stop, stopNow }: { stop: AbortSignal; stopNow?: AbortSignal }): Room {
  const [room, hurry] = [new AbortController(), new AbortController()];
  const makeRoom: Room['makeRoom'] = ({ isUrgent } = { isUrgent: false }) => {
    if (stop.aborted) return;
    stop.addEventListener('abort', () => hurry.abort(new Stopped('shutdown')), { once: true });
    room.abort(new Stopped('update'));
    if (isUrgent) hurry.abort(new Stopped('update'));
  };
  return {
    stop: AbortSignal.any([stop, room.signal]),
    stopNow: AbortSignal.any([hurry.signal, ...(stopNow === undefined ? [] : [stopNow])]),
    makeRoom,
  };
}
