import { expect, test } from '@jest/globals';
import { printOutput } from '../../../../src/cli/jobs/print-output.ts';
import { captureConsole } from '../../../support/run-commander.ts';
import { sampleJob } from '../../../support/sample-views.ts';

test('stdout goes to stdout and stderr to stderr, each ending a line', () => {
  const { console, stdout, stderr } = captureConsole();
  printOutput(console, sampleJob({ stdout: 'out', stderr: 'err\n' }));
  expect([stdout(), stderr()]).toEqual(['out\n', 'err\n']);
});

test('a program without output prints nothing', () => {
  const { console, stdout, stderr } = captureConsole();
  printOutput(console, sampleJob({ stdout: '', stderr: '' }));
  expect([stdout(), stderr()]).toEqual(['', '']);
});

test('a pipe gets every byte, a terminal no control sequences', () => {
  const output = '\u001b[2Jgone';
  const piped = captureConsole();
  printOutput(piped.console, sampleJob({ stdout: output }));
  const shown = captureConsole();
  Object.assign(shown.console.stdout, { isTTY: true });
  printOutput(shown.console, sampleJob({ stdout: output }));
  expect([piped.stdout(), shown.stdout()]).toEqual(['\u001b[2Jgone\n', '␛[2Jgone\n']);
});
