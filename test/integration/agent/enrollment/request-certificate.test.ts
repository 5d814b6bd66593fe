import { expect, test } from '@jest/globals';
import {
  joinPems,
  joinServer,
  renewCertificate,
} from '../../../../src/agent/enrollment/request-certificate.ts';
import { HttpClient } from '../../../../src/lib/http-client/http-client.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { ScriptedServer, reply } from '../../../support/scripted-server.ts';

const onEnd = useCleanup();
const { signal } = new AbortController();
const facts = { registrationKey: 'k', hostname: 'web-1', os: 'Linux', signal };

async function start(): Promise<{ server: ScriptedServer; client: HttpClient }> {
  const server = await ScriptedServer.start(onEnd);
  const { roots: ca, ...pair } = await server.credentials();
  const client = new HttpClient({ baseUrl: server.url, userAgent: 'x', tls: { ca, ...pair } });
  onEnd(() => client.close());
  return { server, client };
}

test('all the roots that the server names are trusted from then on', async () => {
  const { server, client } = await start();
  const { rootPem } = server.authority;
  server.script = async ({ body }, response) => {
    const cert = await server.authority.sign((JSON.parse(body) as { csr: string }).csr);
    reply(response, 200, { agentID: 'a', cert, roots: [rootPem, rootPem.trim()] });
  };
  const { credentials } = await joinServer(client, facts);
  expect(credentials.roots).toBe(joinPems([rootPem, rootPem]));
});

test.each([{ releasesRoot: 'root' }, {}])(
  'the root of releases is handed on where there is one: %j',
  async (more) => {
    const { server, client } = await start();
    server.script = async ({ body }, response) => {
      const cert = await server.authority.sign((JSON.parse(body) as { csr: string }).csr);
      reply(response, 200, { agentID: 'a', cert, roots: [server.authority.rootPem], ...more });
    };
    const { agentID, releasesRoot } = await joinServer(client, facts);
    expect({ agentID, releasesRoot }).toEqual({ agentID: 'a', releasesRoot: undefined, ...more });
  },
);

test('a certificate for another key is noticed now and not at the next connection', async () => {
  const { server, client } = await start();
  server.script = async (_, response) => {
    const { cert } = await server.authority.issue('other');
    reply(response, 200, { agentID: 'a', cert, roots: [server.authority.rootPem] });
  };
  const error = {
    code: 'CERTIFICATE_INVALID',
    message: 'The certificate from the server is not for our key',
  };
  await expect(joinServer(client, facts)).rejects.toMatchObject(error);
  await expect(renewCertificate(client, { agentID: 'a', signal })).rejects.toMatchObject(error);
});

test('so is one that cannot be read', async () => {
  const { server, client } = await start();
  server.script = (_, response) =>
    reply(response, 200, {
      agentID: 'a',
      cert: '-----BEGIN CERTIFICATE-----\nx',
      roots: [server.authority.rootPem],
    });
  await expect(joinServer(client, facts)).rejects.toMatchObject({
    code: 'CERTIFICATE_INVALID',
    message: 'The certificate from the server cannot be read',
  });
});

test('a refused renewal is final, a failed one is not', async () => {
  const { server, client } = await start();
  for (const [status, retryable] of [
    [403, false],
    [503, true],
  ] as const) {
    server.script = (_, response) => reply(response, status, { error: 'no' });
    await expect(renewCertificate(client, { agentID: 'a', signal })).rejects.toMatchObject({ retryable });
  }
});
