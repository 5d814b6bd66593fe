import { expect, test } from '@jest/globals';
import { askHidden } from '../../../../src/cli/input/hidden-prompt.ts';
import { captureConsole } from '../../../support/run-commander.ts';

test('what is typed comes back and is shown nowhere', async () => {
  const { console, stdout, stderr } = captureConsole({ typed: ['s3cret'] });
  await expect(askHidden(console, 'Password')).resolves.toBe('s3cret');
  expect([stdout(), stderr()]).toEqual(['', 'Password: \n']);
});

test('a typing error can be corrected', async () => {
  const { console } = captureConsole({ typed: ['s3creX\u007ft'] });
  await expect(askHidden(console, 'Password')).resolves.toBe('s3cret');
});

test.each([
  ['an empty line', ''],
  ['Ctrl-C', '\u0003'],
  ['Ctrl-D', '\u0004'],
])('%s gives up', async (_what, typed) => {
  const { console } = captureConsole({ typed: [typed] });
  await expect(askHidden(console, 'Password')).rejects.toMatchObject({
    code: 'USAGE',
    message: 'Nothing was entered, so nothing was done',
  });
});

test('two prompts in a row each get their own line', async () => {
  const { console } = captureConsole({ typed: ['first', 'second'] });
  expect([await askHidden(console, 'One'), await askHidden(console, 'Two')]).toEqual(['first', 'second']);
});
