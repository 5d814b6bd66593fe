import { AppError } from './errors.ts';
import { Stopped, isAbortOf } from './stopped.ts';

export type Loop = (signal: AbortSignal) => Promise<void>;

/** Runs loops side by side until `parent` is aborted or one of them fails; the first failure stops its siblings, and all failures surface. */
export async function runLoops(parent: AbortSignal, loops: Record<string, Loop>): Promise<void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([parent, stop.signal]);
  const failures: AppError[] = [];
  await Promise.all(
    Object.entries(loops).map(async ([name, loop]) => {
      try {
        await loop(signal);
      } catch (cause) {
        if (isAbortOf(signal, cause)) return;
        failures.push(new AppError('LOOP_FAILED', `Loop "${name}" failed`, { cause }));
        stop.abort(new Stopped('sibling-failed'));
      }
    }),
  );
  if (failures.length > 0) throw new AggregateError(failures, 'Stopped after a failure');
}

/** The same loop, but ending at `stop` already, before its siblings. */
export function endingAt(stop: AbortSignal, loop: Loop): Loop {
  return async (signal) => {
    const either = AbortSignal.any([signal, stop]);
    try {
      await loop(either);
    } catch (error) {
      if (!isAbortOf(either, error)) throw error;
    }
  };
}
