import { expect, test } from '@jest/globals';
import type { InitializedServer } from '../../../../src/cli/server/init.ts';
import { runCommander, type CommandRun } from '../../../support/run-commander.ts';
import { sampleReleases } from '../../../support/sample-releases.ts';

const MADE: InitializedServer = { fingerprint: 'ab'.repeat(32), releaseKeys: sampleReleases().keys };
const firstAdmin = { username: 'admin', password: 'p4ssw0rd' };

async function init(made: InitializedServer, ...flags: string[]): Promise<CommandRun & { asked: unknown[] }> {
  const asked: unknown[] = [];
  const ports = { init: (options: object) => Promise.resolve((asked.push(options), made)) };
  return { ...(await runCommander(['init', ...flags], '/home/grace', { ports })), asked };
}

test('what was made is told: where, by which fingerprint, with which keys and as whom to log in', async () => {
  const { asked, stdout } = await init({ ...MADE, firstAdmin });
  expect(asked).toEqual([{ dataDir: '/home/grace/.local/share/commander' }]);
  for (const words of [
    '/home/grace/.local/share/commander',
    MADE.fingerprint,
    'password  p4ssw0rd',
    'commander serve',
  ])
    expect(stdout).toContain(words);
  for (const { keyID } of MADE.releaseKeys) expect(stdout).toContain(keyID);
});

test('a second time there is no password to tell', async () => {
  const { stdout, code } = await init(MADE, '--data-dir', '/srv/c');
  expect([code, stdout]).toEqual([0, expect.stringContaining('It was initialized before')]);
  expect(stdout).not.toContain('password');
});

test('--json tells the same as data', async () => {
  const { stdout } = await init({ ...MADE, firstAdmin }, '--json', '--data-dir', '/srv/c');
  expect(JSON.parse(stdout)).toEqual({ dataDir: '/srv/c', ...MADE, firstAdmin });
});
