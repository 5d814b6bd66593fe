import { PassThrough } from 'node:stream';
import { expect, test } from '@jest/globals';
import { printLog } from '../../../../src/cli/format/print-log.ts';

test.each([
  ['a file gets what was written', { isTTY: false }, false, 'a\u0007b\n'],
  ['a terminal is not steered', { isTTY: true }, false, 'a\u2407b\n'],
  ['--json gives a line for each piece', { isTTY: false }, true, '{"text":"a\\u0007b\\n"}\n'],
])('%s', (_what, kind, json, printed) => {
  const stdout = Object.assign(new PassThrough(), kind);
  printLog({ stdout, json }, 'a\u0007b\n');
  expect(String(stdout.read())).toBe(printed);
});
