import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { shellOneLiner } from '../../../src/cli/installers/one-liners.ts';
import { parseJoinToken } from '../../../src/protocol/join-token.ts';
import type { AgentView } from '../../../src/protocol/schemas/admin/fleet.ts';
import type { JobView } from '../../../src/protocol/schemas/admin/jobs.ts';
import { useCleanup } from '../../support/cleanup.ts';
import { resultOf } from '../../support/original-client.ts';
import { runCommander, type CommandRun, type RunOptions } from '../../support/run-commander.ts';
import { makeTempDir } from '../../support/temp-dir.ts';
import { useTestServer } from '../../support/test-server.ts';
import { waitFor } from '../../support/wait-for.ts';

const onEnd = useCleanup();
const server = useTestServer();
let configDir: string;

beforeEach(async () => {
  configDir = makeTempDir(onEnd);
  const { url, fingerprint } = server().running;
  const env = { COMMANDER_PASSWORD: server().password };
  const login = await run(['login', '--server', url, '--ca-fingerprint', fingerprint], { env });
  expect(login).toMatchObject({ code: 0 });
});

async function run(argv: string[], options: RunOptions = {}): Promise<CommandRun> {
  return await runCommander(argv, configDir, options);
}

async function json<T>(argv: string[]): Promise<T> {
  const { code, stdout, stderr } = await run([...argv, '--json']);
  expect([code, stderr]).toEqual([0, '']);
  return JSON.parse(stdout) as T;
}

test('a join token carries what the server is', async () => {
  const { stdout } = await run(['token', 'create']);
  const { url, fingerprint } = server().running;
  const { registrationKey } = await json<{ registrationKey: string }>(['registration-key', 'show']);
  expect(parseJoinToken(stdout)).toEqual({ serverUrl: url, fingerprint, registrationKey });
});

test('an account that was added can log in, change its password and be removed', async () => {
  await run(['accounts', 'add', 'grace'], { env: { COMMANDER_NEW_PASSWORD: 'grace-first' } });
  const graceDir = makeTempDir(onEnd);
  const { url } = server().running;
  const asGrace = async (argv: string[], env = {}) => await runCommander(argv, graceDir, { env });
  const login = ['login', '--server', url, '--trust-on-first-use', '--username', 'grace'];
  expect(await asGrace(login, { COMMANDER_PASSWORD: 'grace-first' })).toMatchObject({ code: 0 });
  const change = { COMMANDER_PASSWORD: 'grace-first', COMMANDER_NEW_PASSWORD: 'grace-second' };
  expect(await asGrace(['password'], change)).toMatchObject({ code: 0 });
  expect(await asGrace(login, { COMMANDER_PASSWORD: 'grace-first' })).toMatchObject({ code: 5 });
  expect(await asGrace(['accounts', 'list'])).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^grace /m),
  });

  expect(await run(['accounts', 'remove', 'grace'])).toMatchObject({ code: 0 });
  expect(await asGrace(['accounts', 'list'])).toEqual({
    code: 5,
    stdout: '',
    stderr: expect.stringMatching(
      /^commander: Cannot list the accounts: the session is not accepted any more/,
    ),
  });
});

test('the last account stays', async () => {
  expect(await run(['accounts', 'remove', 'admin'])).toEqual({
    code: 5,
    stdout: '',
    stderr: 'commander: Cannot remove account "admin": "admin" is the last account; add another one first\n',
  });
});

test('a folder goes into the library, is changed and removed', async () => {
  const folder = join(makeTempDir(onEnd), 'backup');
  mkdirSync(folder);
  writeFileSync(join(folder, 'backup.py'), 'print(open("data.txt").read())');
  writeFileSync(join(folder, 'data.txt'), 'precious');
  expect(await run(['library', 'add', folder, '--filename', 'backup.py', '--timeout', '60'])).toMatchObject({
    code: 0,
  });
  expect(await run(['library', 'update', 'backup.py', '--description', 'Nightly'])).toMatchObject({
    code: 0,
  });
  expect(await json(['library', 'show', 'backup.py'])).toMatchObject({
    executor: 'python',
    description: 'Nightly',
    timeoutSeconds: 60,
    user: 'admin',
  });
  expect(await run(['library', 'add', folder, '--filename', 'backup.py'])).toMatchObject({ code: 7 });
  expect(await run(['library', 'remove', 'backup.py'])).toMatchObject({ code: 0 });
  expect(await run(['library', 'remove', 'backup.py'])).toMatchObject({ code: 6 });
});

describe('with an agent', () => {
  test('a job is assigned, waited for and shown', async () => {
    await server().addToLibrary('hello.sh');
    const { client, agentID } = await server().originalAgent('web-1.example');
    const checkin = await client.checkin(JSON.stringify({ 'Agent-ID': agentID }));
    const waiting = run(['jobs', 'assign', 'hello.sh', '--agent', 'web-1', '--wait', '--', 'two words']);
    const [pushed] = await checkin.nextPush();
    if (pushed === undefined) throw new Error('Nothing was pushed');
    checkin.ack();
    const job = resultOf(pushed, { exitCode: 3, stdout: 'hello two words\n', stderr: 'oops\n' });
    await waitFor(
      async () => {
        const { status } = await client.call('POST', '/agent/history', {
          headers: { 'Agent-ID': agentID },
          json: { job },
        });
        return status === 200;
      },
      { what: 'the server to take the result' },
    );
    const { code, stdout, stderr } = await waiting;
    checkin.terminate();
    expect([code, stdout]).toEqual([9, 'hello two words\n']);
    expect(stderr).toMatch(/oops\ncommander: Job \S+ on "web-1\.example" ended as failed \(exit code 3\)\n$/);

    const { jobs } = await json<{ jobs: JobView[] }>(['jobs', 'list', '--agent', agentID]);
    expect(jobs).toMatchObject([{ filename: 'hello.sh', state: 'finished', argv: ['two words'] }]);
    const shown = await run(['jobs', 'show', jobs[0]?.jobID.slice(0, 8) ?? '']);
    expect(shown.stdout).toContain('Output:\nhello two words\n');
  });

  test('a job that nobody has taken is canceled', async () => {
    await server().addToLibrary('later.sh');
    const { agentID } = await server().agent('db-1.example');
    const { stdout } = await run(['jobs', 'assign', 'later.sh', '--agent', 'db-1']);
    const jobID = stdout.trim();
    expect(await run(['jobs', 'cancel', jobID.slice(0, 8)])).toMatchObject({ code: 0 });
    expect(await json(['jobs', 'show', jobID])).toMatchObject({
      agentID,
      state: 'finished',
      outcome: 'canceled',
    });
  });

  test('it is shown, revoked and shown as revoked', async () => {
    const { agentID } = await server().agent('old-1.example');
    expect(await json<AgentView>(['agents', 'show', 'old-1'])).toMatchObject({
      agentID,
      hostname: 'old-1.example',
    });
    expect(await run(['agents', 'revoke', 'old-1'])).toMatchObject({ code: 0 });
    expect((await run(['agents', 'show', agentID])).stdout).toMatch(/^Status +revoked$/m);
    const assigned = await run(['jobs', 'assign', 'hello.sh', '--agent', 'old-1']);
    expect(assigned).toMatchObject({ code: 6, stderr: 'commander: There is no agent "old-1"\n' });
  });
});

test('an unknown job is not found', async () => {
  expect(await run(['jobs', 'show', 'zzzz'])).toEqual({
    code: 6,
    stdout: '',
    stderr: 'commander: There is no job "zzzz"\n',
  });
});

test('an installer that was added is handed out by the line that --install-hints prints', async () => {
  const path = join(makeTempDir(onEnd), 'commander-agent-linux-x64');
  writeFileSync(path, 'the executable');
  expect(await run(['installers', 'add', path])).toMatchObject({ code: 0 });
  const { installers } = await json<{ installers: { name: string; size: number }[] }>(['installers', 'list']);
  expect(installers).toMatchObject([{ name: 'commander-agent-linux-x64', size: 14 }]);
  const { stdout: token, stderr: hints } = await run(['token', 'create', '--install-hints']);
  const url = `${server().running.url}/install.sh`;
  const { bytes } = await server().client.call('GET', '/install.sh');
  expect(hints).toContain(shellOneLiner({ url, script: bytes.toString(), token: token.trim() }));
  expect(await run(['installers', 'remove', 'commander-agent-linux-x64'])).toMatchObject({ code: 0 });
  expect((await json<{ installers: unknown[] }>(['installers', 'list'])).installers).toEqual([]);
});
