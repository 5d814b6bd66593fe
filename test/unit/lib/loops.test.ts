import { describe, expect, test } from '@jest/globals';
import { describeError } from '../../../src/lib/errors.ts';
import { endingAt, runLoops, type Loop } from '../../../src/lib/loops.ts';
import { Stopped, stopReasonOf } from '../../../src/lib/stopped.ts';

const untilAborted: Loop = (signal) =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });

describe('runLoops', () => {
  test('resolves when the parent stops and every loop has gone home', async () => {
    const stop = new AbortController();
    const home: string[] = [];
    const running = runLoops(stop.signal, {
      a: (signal) => untilAborted(signal).finally(() => home.push('a')),
      b: (signal) => untilAborted(signal).finally(() => home.push('b')),
    });
    stop.abort(new Stopped('shutdown'));
    await running;
    expect(home.sort()).toEqual(['a', 'b']);
  });

  test('the first failure stops the siblings and surfaces under the name of its loop', async () => {
    let siblingWasTold: string | undefined;
    const running = runLoops(new AbortController().signal, {
      reporter: () => Promise.reject(new Error('disk full')),
      sibling: (signal) => untilAborted(signal).finally(() => (siblingWasTold = stopReasonOf(signal))),
    });
    const error: unknown = await running.catch((reason: unknown) => reason);
    expect(describeError(error)).toBe('Stopped after a failure; Loop "reporter" failed: disk full');
    expect(siblingWasTold).toBe('sibling-failed');
  });

  test('a sibling that fails on its way out is reported too', async () => {
    const running = runLoops(new AbortController().signal, {
      first: () => Promise.reject(new Error('one')),
      second: (signal) => untilAborted(signal).catch(() => Promise.reject(new Error('two'))),
    });
    await expect(running).rejects.toMatchObject({
      errors: [{ message: 'Loop "first" failed' }, { message: 'Loop "second" failed' }],
    });
  });

  test('a loop that throws before its first await does not escape', async () => {
    const running = runLoops(new AbortController().signal, {
      hasty: () => {
        throw new Error('at once');
      },
    });
    await expect(running).rejects.toMatchObject({ errors: [{ code: 'LOOP_FAILED' }] });
  });

  test('a loop that has nothing more to do does not stop the others', async () => {
    const stop = new AbortController();
    let othersTold = false;
    const running = runLoops(stop.signal, {
      short: () => Promise.resolve(),
      long: (signal) => untilAborted(signal).finally(() => (othersTold = true)),
    });
    await new Promise(setImmediate);
    expect(othersTold).toBe(false);
    stop.abort(new Stopped('shutdown'));
    await running;
  });
});

describe('endingAt', () => {
  test('a loop ends at its own stop, well, while its siblings go on', async () => {
    const [parent, stop] = [new AbortController(), new AbortController()];
    const loop = endingAt(stop.signal, untilAborted)(parent.signal);
    stop.abort(new Stopped('shutdown'));
    await expect(loop).resolves.toBeUndefined();
  });

  test('it ends with its siblings, too', async () => {
    const [parent, stop] = [new AbortController(), new AbortController()];
    const loop = endingAt(stop.signal, untilAborted)(parent.signal);
    parent.abort(new Stopped('sibling-failed'));
    await expect(loop).resolves.toBeUndefined();
  });

  test('what fails on its way out is no end that was asked for', async () => {
    const stop = AbortSignal.abort(new Stopped('shutdown'));
    const loop = endingAt(stop, () => Promise.reject(new Error('disk full')));
    await expect(loop(new AbortController().signal)).rejects.toThrow('disk full');
  });
});
