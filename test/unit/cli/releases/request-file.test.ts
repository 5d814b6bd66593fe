import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { readRequest } from '../../../../src/cli/releases/request-file.ts';
import { writeRequest } from '../../../../src/cli/releases/settle-change.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { waitingChange } from '../../../support/sample-releases.ts';
import { makeTempDir } from '../../../support/temp-dir.ts';

const onEnd = useCleanup();

test('a request is read as it was written', async () => {
  const path = join(makeTempDir(onEnd), 'request.json');
  const { change } = await waitingChange(onEnd);
  writeRequest(path, change);
  expect(readRequest(path)).toEqual(change);
});

test.each([
  ['no JSON', 'x', 'is not JSON'],
  ['something else', '{"version":"1.1.0"}', 'is not valid'],
  ['one that needs no signature', '{"needs":[]}', 'holds nothing that is to be signed'],
])('a file with %s is refused', (_what, text, reason) => {
  const path = join(makeTempDir(onEnd), 'request.json');
  writeFileSync(path, text);
  expect(() => readRequest(path)).toThrow(reason);
});

test('a file that is not there is named', () => {
  expect(() => readRequest('/nowhere/request.json')).toThrow('Cannot read "/nowhere/request.json"');
});
