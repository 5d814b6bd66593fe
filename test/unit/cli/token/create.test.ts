import { expect, test } from '@jest/globals';
import { powershellOneLiner, shellOneLiner } from '../../../../src/cli/installers/one-liners.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';

const onEnd = useCleanup();
const reply = { token: 'cmdr1.abc.def', server: 'https://host:8443', fingerprint: 'ab'.repeat(32) };

const nothingYet = { status: 404, body: { error: 'nothing yet', code: 'INSTALLER_NOT_FOUND' } };

async function create(...flags: string[]) {
  return await createAt({}, ...flags);
}

/** At a server that has these scripts to hand out. */
async function createAt(scripts: { sh?: string; ps1?: string }, ...flags: string[]) {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer('POST /admin/join-tokens', { json: reply });
  for (const name of ['sh', 'ps1'] as const) {
    const script = scripts[name];
    server.answer(`GET /install.${name}`, script === undefined ? nothingYet : { status: 200, body: script });
  }
  return await run(['token', 'create', ...flags]);
}

test('the token is all that is printed', async () => {
  expect(await create()).toEqual({ code: 0, stdout: 'cmdr1.abc.def\n', stderr: '' });
});

test('hints say what to run, and keep stdout for the token', async () => {
  const { stdout, stderr } = await create('--install-hints');
  expect(stdout).toBe('cmdr1.abc.def\n');
  expect(stderr).toContain('\n  commander-agent enroll --token cmdr1.abc.def\n');
});

test('hints install the agent from the server, as far as that has something to install', async () => {
  const { stderr } = await createAt({ sh: 'echo hi\n' }, '--install-hints');
  const facts = { url: 'https://host:8443/install.sh', script: 'echo hi\n', token: reply.token };
  expect(stderr).toContain(`On Linux and macOS:\n\n${shellOneLiner(facts)}\n`);
  expect(stderr).not.toContain('Windows');
  expect(stderr).not.toContain('installers add');
});

test('hints for Windows are in its own words', async () => {
  const { stderr } = await createAt({ ps1: 'exit\n' }, '--install-hints');
  const facts = { url: 'https://host:8443/install.ps1', script: 'exit\n', token: reply.token };
  expect(stderr).toContain(`On Windows, in PowerShell as administrator:\n\n${powershellOneLiner(facts)}\n`);
  expect(stderr).not.toContain('Linux');
});

test('hints say how to get more of them', async () => {
  expect((await create('--install-hints')).stderr).toContain('commander installers add FILE');
});

test('--json tells server and fingerprint too', async () => {
  expect(JSON.parse((await create('--json')).stdout)).toEqual(reply);
});
