import { describe, expect, test } from '@jest/globals';
import { Stopped } from '../../../src/lib/stopped.ts';
import { Wakeup } from '../../../src/lib/wakeup.ts';

const never = new AbortController().signal;

/** Whether a promise is still pending once everything that was due has run. */
async function isPending(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol();
  const later = new Promise((resolve) => setImmediate(resolve, pending));
  return (await Promise.race([promise, later])) === pending;
}

describe('Wakeup', () => {
  test('wakes the one who waits', async () => {
    const wakeup = new Wakeup();
    const waiting = wakeup.wait(never);
    expect(await isPending(waiting)).toBe(true);
    wakeup.ring();
    await expect(waiting).resolves.toBeUndefined();
  });

  test('wakes all who wait with one ring, and remembers nothing of it', async () => {
    const wakeup = new Wakeup();
    const waiting = [wakeup.wait(never), wakeup.wait(never), wakeup.wait(never)];
    wakeup.ring();
    await Promise.all(waiting);
    expect(await isPending(wakeup.wait(never))).toBe(true);
  });

  test('remembers rings that nobody heard as one', async () => {
    const wakeup = new Wakeup();
    wakeup.ring();
    wakeup.ring();
    await wakeup.wait(never);
    expect(await isPending(wakeup.wait(never))).toBe(true);
  });

  test('does not lose a ring between being woken and waiting again', async () => {
    const wakeup = new Wakeup();
    const waiting = wakeup.wait(never);
    wakeup.ring();
    wakeup.ring();
    await waiting;
    await expect(wakeup.wait(never)).resolves.toBeUndefined();
  });

  test('rejects with the reason of the signal, before and while waiting', async () => {
    const wakeup = new Wakeup();
    const stop = new AbortController();
    const waiting = wakeup.wait(stop.signal);
    stop.abort(new Stopped('shutdown'));
    await expect(waiting).rejects.toBe(stop.signal.reason);
    await expect(wakeup.wait(stop.signal)).rejects.toBe(stop.signal.reason);
  });

  test('keeps a ring for the next one when the only waiter had given up', async () => {
    const wakeup = new Wakeup();
    const stop = new AbortController();
    const waiting = wakeup.wait(stop.signal);
    stop.abort(new Stopped('timeout'));
    await expect(waiting).rejects.toThrow('timeout');
    wakeup.ring();
    await expect(wakeup.wait(never)).resolves.toBeUndefined();
  });
});
