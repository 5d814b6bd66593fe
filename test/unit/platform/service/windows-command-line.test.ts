import { expect, test } from '@jest/globals';
import { windowsCommandLine } from '../../../../src/platform/service/windows-command-line.ts';

test.each([
  [['C:\\agent.exe', 'service', 'run'], 'C:\\agent.exe service run'],
  [['C:\\Program Files\\agent.exe', 'run'], '"C:\\Program Files\\agent.exe" run'],
  [['a', 'C:\\my state\\'], 'a "C:\\my state\\\\"'],
  [['a', 'say "hi"'], 'a "say \\"hi\\""'],
  [['a', 'x\\" y'], 'a "x\\\\\\" y"'],
  [['a', ''], 'a ""'],
])('%j is one line that Windows takes apart again', (words, line) => {
  expect(windowsCommandLine(words)).toBe(line);
});
