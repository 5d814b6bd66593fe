import { expect, test } from '@jest/globals';
import { printChange } from '../../../../../src/cli/endpoint/service/print-change.ts';
import { captureConsole } from '../../../../support/run-commander.ts';

const LINES = { done: 'Done.', already: 'It was.' };

test.each([
  [true, 'Done.\n'],
  [false, 'It was.\n'],
])('people get a line (changed: %s)', (changed, line) => {
  const { console, stdout, stderr } = captureConsole();
  printChange(console, { changed }, LINES);
  expect([stdout(), stderr()]).toEqual(['', line]);
});

test('scripts get the result and no line', () => {
  const { console, stdout, stderr } = captureConsole();
  printChange({ ...console, json: true }, { changed: true }, LINES);
  expect([JSON.parse(stdout()), stderr()]).toEqual([{ changed: true }, '']);
});
