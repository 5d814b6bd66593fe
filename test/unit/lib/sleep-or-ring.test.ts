import { expect, test } from '@jest/globals';
import { systemClock } from '../../../src/lib/clock.ts';
import { sleepOrRing } from '../../../src/lib/sleep-or-ring.ts';
import { Wakeup } from '../../../src/lib/wakeup.ts';

const HOUR_MS = 3_600_000;

function wait(ms: number): { bell: Wakeup; stop: AbortController; waiting: Promise<void> } {
  const [bell, stop] = [new Wakeup(), new AbortController()];
  return { bell, stop, waiting: sleepOrRing(ms, { clock: systemClock, bell, signal: stop.signal }) };
}

test('the time ends it', async () => {
  await wait(1).waiting;
});

test('the bell ends it', async () => {
  const { bell, waiting } = wait(HOUR_MS);
  bell.ring();
  await waiting;
});

test('being stopped ends it, with the reason', async () => {
  const { stop, waiting } = wait(HOUR_MS);
  const reason = new Error('enough');
  stop.abort(reason);
  await expect(waiting).rejects.toBe(reason);
});

test('a ring that nobody waited for counts the next time', async () => {
  const { bell, stop, waiting } = wait(1);
  await waiting;
  bell.ring();
  await sleepOrRing(HOUR_MS, { clock: systemClock, bell, signal: stop.signal });
});
