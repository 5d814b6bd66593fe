import { describe, expect, test } from '@jest/globals';
import { AdminClient } from '../../../../src/cli/client/admin-client.ts';
import { AdminServer } from '../../../support/admin-server.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { sampleAgent, sampleJob } from '../../../support/sample-views.ts';
import { parseWire } from '../../../support/wire-fixture.ts';

const onEnd = useCleanup();

async function start(): Promise<{ server: AdminServer; client: AdminClient }> {
  const server = await AdminServer.start();
  onEnd(() => server.close());
  const roots = [server.authority.rootPem];
  const client = new AdminClient({ server: server.url, roots, ...(await server.authority.issue('admin')) });
  return { server, client };
}

const success = { success: 'done' };
const credentials = { username: 'grace', password: 'longenough' };
const assignment = { agentID: 'a1', filename: 'x.sh', argv: ['-v'] };

interface Call {
  does: string;
  call: (client: AdminClient) => Promise<unknown>;
  line: string;
  body?: unknown;
  reply: unknown;
  gives?: unknown;
}

const CALLS: Call[] = [
  {
    does: 'logs in',
    call: (c) => c.logIn(credentials),
    line: 'POST /admin/login',
    body: credentials,
    reply: { token: 't' },
    gives: 't',
  },
  {
    does: 'changes a password',
    call: (c) => c.changePassword({ ...credentials, newPassword: 'evenlonger' }),
    line: 'PATCH /admin/login',
    body: { ...credentials, newPassword: 'evenlonger' },
    reply: success,
  },
  {
    does: 'lists accounts',
    call: (c) => c.accounts(),
    line: 'GET /admin/accounts',
    reply: { accounts: [] },
    gives: [],
  },
  {
    does: 'adds an account',
    call: (c) => c.addAccount(credentials),
    line: 'POST /admin/accounts',
    body: credentials,
    reply: success,
  },
  {
    does: 'removes an account',
    call: (c) => c.removeAccount('grace'),
    line: 'DELETE /admin/accounts',
    body: { username: 'grace' },
    reply: success,
  },
  {
    does: 'reads the registration key',
    call: (c) => c.registrationKey(),
    line: 'GET /admin/registration-key',
    reply: { registrationKey: 'k' },
    gives: 'k',
  },
  {
    does: 'rotates the registration key',
    call: (c) => c.rotateRegistrationKey(),
    line: 'PUT /admin/registration-key',
    reply: { registrationKey: 'k2' },
    gives: 'k2',
  },
  {
    does: 'moves an agent and pins it',
    call: (c) => c.changeAgent('a/1', { group: 'web', agentVersion: null }),
    line: 'PATCH /admin/agents/a%2F1',
    body: { group: 'web', agentVersion: null },
    reply: success,
  },
  {
    does: 'shows an agent',
    call: (c) => c.agent('a1'),
    line: 'GET /admin/agents/a1',
    reply: { ...sampleAgent(), units: [], problems: [] },
    gives: { ...sampleAgent(), units: [], problems: [] },
  },
  {
    does: 'creates a join token',
    call: (c) => c.createJoinToken(),
    line: 'POST /admin/join-tokens',
    body: {},
    reply: { token: 't', server: 's', fingerprint: 'f' },
    gives: { token: 't', server: 's', fingerprint: 'f' },
  },
  {
    does: 'removes from the library',
    call: (c) => c.removeFromLibrary('x.sh'),
    line: 'DELETE /admin/library',
    body: { filename: 'x.sh' },
    reply: success,
  },
  {
    does: 'changes a description in the library',
    call: (c) => c.updateLibrary('x.sh', { description: 'new' }),
    line: 'PATCH /admin/library',
    body: { filename: 'x.sh', description: 'new' },
    reply: success,
  },
  {
    does: 'lists agents',
    call: (c) => c.agents(),
    line: 'GET /admin/agents',
    reply: { agents: [sampleAgent()] },
    gives: [sampleAgent()],
  },
  {
    does: 'revokes an agent',
    call: (c) => c.revokeAgent('a/1'),
    line: 'DELETE /admin/agents/a%2F1',
    reply: success,
  },
  {
    does: 'assigns a job',
    call: (c) => c.assign(assignment),
    line: 'POST /admin/jobs',
    body: assignment,
    reply: { ...success, jobID: 'j1' },
    gives: { ...success, jobID: 'j1' },
  },
  {
    does: 'lists jobs',
    call: (c) => c.jobs(),
    line: 'GET /admin/jobs',
    reply: { jobs: [sampleJob()] },
    gives: [sampleJob()],
  },
  {
    does: 'shows a job',
    call: (c) => c.job('j/1'),
    line: 'GET /admin/jobs/j%2F1',
    reply: sampleJob(),
    gives: sampleJob(),
  },
  { does: 'cancels a job', call: (c) => c.cancelJob('j1'), line: 'DELETE /admin/jobs/j1', reply: success },
];

test.each(CALLS)('$does with $line', async ({ call, line, body, reply, gives }) => {
  const { server, client } = await start();
  server.answer(line, { json: reply });
  await expect(call(client)).resolves.toEqual(gives);
  const [seen] = server.seen;
  expect(seen?.line.replace(/\?$/, '')).toBe(line);
  expect(seen?.body).toEqual(body);
  expect(seen?.user).toBe('admin');
});

test('asks for a certificate with the token, before there is one', async () => {
  const { server, client } = await start();
  const cert = server.authority.rootPem;
  server.answer('POST /admin/certificate', { json: { cert, roots: [cert] } });
  await expect(client.certificate('t0k3n', 'CSR')).resolves.toEqual({ cert, roots: [cert] });
  expect(server.seen).toMatchObject([{ body: { csr: 'CSR' }, authorization: 'Bearer t0k3n' }]);
});

test('jobs are filtered by the server', async () => {
  const { server, client } = await start();
  server.answer('GET /admin/jobs', { json: { jobs: [] } });
  await client.jobs({ agentID: 'a&1', state: 'queued' });
  expect(server.seen[0]?.line).toBe('GET /admin/jobs?agentID=a%261&state=queued');
});

describe('the library', () => {
  test('is read out of the string that the original sends, with times in ISO 8601', async () => {
    const { server, client } = await start();
    server.answer('GET /admin/library', { json: parseWire('admin/library-reply.json') });
    const [entry, ...others] = await client.library();
    expect(others).toEqual([]);
    expect(entry).toMatchObject({
      filename: 'hello.sh',
      executor: 'bash',
      timeCreated: '2026-11-22T07:40:00.500Z',
    });
  });

  test('is empty when there is no content', async () => {
    const { server, client } = await start();
    server.answer('GET /admin/library', { status: 204 });
    await expect(client.library()).resolves.toEqual([]);
  });

  test('takes an upload as a plain field "job" and a file "file"', async () => {
    const { server, client } = await start();
    server.answer('POST /admin/library', { json: success });
    const entry = { executor: 'sh', filename: 'grüße.sh', description: '', os: 'any' };
    await client.addToLibrary(entry, new Blob(['archive']));
    expect(server.seen).toMatchObject([
      { body: { job: JSON.stringify(entry), file: { filename: 'grüße.sh', bytes: Buffer.from('archive') } } },
    ]);
  });

  test('takes a new archive for an entry', async () => {
    const { server, client } = await start();
    server.answer('PATCH /admin/library', { json: success });
    await client.updateLibrary('x.sh', { archive: new Blob(['archive']) });
    expect(server.seen).toMatchObject([
      { body: { filename: 'x.sh', file: { filename: 'x.sh', bytes: Buffer.from('archive') } } },
    ]);
  });
});

test('a reply of the wrong shape is refused with the field', async () => {
  const { server, client } = await start();
  server.answer('GET /admin/agents', { json: { agents: [{ agentID: 1 }] } });
  await expect(client.agents()).rejects.toMatchObject({
    code: 'MESSAGE_INVALID',
    message: expect.stringMatching(/^The server's reply to "list the agents" is not valid: "agents\/0/),
  });
});

test("the server's refusal names what was tried", async () => {
  const { server, client } = await start();
  server.answer('DELETE /admin/accounts', {
    status: 409,
    body: { error: 'the last one', code: 'SERVER_REFUSED' },
  });
  await expect(client.removeAccount('admin')).rejects.toMatchObject({
    code: 'SERVER_REFUSED',
    message: 'Cannot remove account "admin"',
  });
});
