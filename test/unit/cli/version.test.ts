import { expect, test } from '@jest/globals';
import { COMMIT, VERSION } from '../../../src/lib/build-info.ts';
import { runCommander } from '../../support/run-commander.ts';

test('version, commit and runtime are on one line', async () => {
  const stdout = `commander ${VERSION} (commit ${COMMIT}, node ${process.version})\n`;
  expect(await runCommander(['version'], '/nowhere')).toEqual({ code: 0, stdout, stderr: '' });
});

test('--json gives them as fields', async () => {
  const { stdout } = await runCommander(['version', '--json'], '/nowhere');
  expect(JSON.parse(stdout)).toEqual({
    version: VERSION,
    commit: COMMIT,
    runtime: `node ${process.version}`,
  });
});
