import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { settleChange, signedPath, writeRequest } from '../../../../src/cli/releases/settle-change.ts';
import { captureConsole } from '../../../support/run-commander.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { SIGNED, waitingChange } from '../../../support/sample-releases.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();

test('what counts is said to be done', () => {
  const { console, stdout, stderr } = captureConsole();
  settleChange(console, SIGNED, { done: 'Done', requestPath: 'unused.json' });
  expect([stdout(), stderr()]).toEqual(['', 'Done\n']);
});

test('what waits is said to have changed nothing, with the way to go on', async () => {
  const { change } = await waitingChange(onEnd);
  const requestPath = join(makeTempDir(onEnd), 'r.json');
  const { console, stdout, stderr } = captureConsole();
  settleChange(console, change, { done: 'Done', requestPath });
  const keyID = change.needs[0]?.keyID.slice(0, 8) ?? '';
  expect([stdout(), stderr().split('\n')]).toEqual([
    '',
    [
      `Nothing has changed for agents yet: the "targets" key ${keyID} must sign, and is not on the server.`,
      `  Where it is:  commander releases sign ${requestPath} --key FILE`,
      `  Then here:    commander releases import ${requestPath.replace('.json', '.signed.json')}`,
      '',
    ],
  ]);
});

test('a signed request lies beside the request', () => {
  expect(signedPath(join('a', 'b.json'))).toBe(join('a', 'b.signed.json'));
  expect(signedPath('b')).toBe('b.signed.json');
});

test('a place that cannot be written is named', () => {
  expect(() => writeRequest('/nowhere/r.json', SIGNED)).toThrow('Cannot write "/nowhere/r.json"');
});
