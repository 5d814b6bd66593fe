import { watch } from 'node:fs';
import { dirname } from 'node:path';
import type { Clock } from '../../lib/clock.ts';
import { sleepOrRing } from '../../lib/sleep-or-ring.ts';
import { Wakeup } from '../../lib/wakeup.ts';
import { LogReader } from './log-reader.ts';

/** Between two pieces: a flood is passed on at a few megabytes a second, and small writes come together. */
const PAUSE_MS = 20;
/** Should a file event be lost. */
const LOOK_AGAIN_MS = 1_000;

export interface FollowOptions {
  readonly tailBytes: number;
  /** Asked at the end of what there is: whether to wait for more. */
  readonly follows: () => boolean;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** A log's text from near its end, and, for as long as somebody follows, what is written meanwhile. */
export async function* followLog(logPath: string, options: FollowOptions): AsyncGenerator<string, void> {
  const { tailBytes, follows, clock, signal } = options;
  const reader = new LogReader(logPath, { tailBytes });
  const decoder = new TextDecoder();
  const bell = new Wakeup();
  const stopWatching = follows() ? watchDir(dirname(logPath), () => bell.ring()) : undefined;
  try {
    while (!signal.aborted) {
      const chunk = await reader.next();
      if (chunk !== undefined) {
        const text = decoder.decode(chunk, { stream: true });
        if (text !== '') yield text;
        await clock.sleep(PAUSE_MS, signal);
      } else if (follows()) await sleepOrRing(LOOK_AGAIN_MS, { clock, bell, signal });
      else return;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    stopWatching?.();
    await reader.close();
  }
}

function watchDir(dir: string, onChange: () => void): (() => void) | undefined {
  try {
    const watcher = watch(dir, { persistent: false }, onChange);
    watcher.on('error', onChange); // the folder is gone
    return () => watcher.close();
  } catch {
    return undefined; // not made yet, or no room for another watch: looking now and then must do
  }
}
