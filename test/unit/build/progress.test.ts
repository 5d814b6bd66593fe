import { Writable } from 'node:stream';
import { expect, test } from '@jest/globals';
import { Progress } from '../../../build/progress.ts';

test('in a log, what a step reports comes line by line, without control characters', async () => {
  const { progress, written } = progressOn({ isTTY: false });

  const result = await progress.step('Packing', (report) => {
    report('bundled');
    return Promise.resolve(42);
  });

  expect(result).toBe(42);
  expect(written()).toMatch(/^ {4}bundled\n {2}✓ Packing {2}\d+\.\d s\n$/);
});

test('on a terminal, the last thing left on the line is the tick', async () => {
  const { progress, written } = progressOn({ isTTY: true });

  await progress.step('Packing', () => Promise.resolve());

  expect(written().split('\r\u001b[2K').at(-1)).toMatch(/^ {2}✓ Packing {2}\d+\.\d s\n$/);
});

test('a step that fails is crossed out and its error goes on', async () => {
  const { progress, written } = progressOn({ isTTY: true });
  const step = progress.step('Packing', () => Promise.reject(new Error('no strip')));

  await expect(step).rejects.toThrow('no strip');
  expect(written()).toContain('✗ Packing\n');
});

test('a line longer than the terminal is cut, so that the spinner can clear it', async () => {
  const { progress, written } = progressOn({ isTTY: true, columns: 20 });

  await progress.step('A step with a very long title', () => Promise.resolve());

  const [, spinning = ''] = written().split('\r\u001b[2K');
  expect(spinning).toHaveLength(19);
});

function progressOn(properties: { isTTY: boolean; columns?: number }) {
  let text = '';
  const terminal = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk);
      done();
    },
  });
  return { progress: new Progress(Object.assign(terminal, properties)), written: () => text };
}
