import { expect, test } from '@jest/globals';
import { ServerClient } from '../../../../src/agent/remote/server-client.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { ScriptedServer, reply } from '../../../support/scripted-server.ts';
import { waitFor } from '../../../support/wait-for.ts';

const onEnd = useCleanup();

test('the proven certificate is shown, and a renewed one from the moment it is proven', async () => {
  const server = await ScriptedServer.start(onEnd);
  server.script = (_, response) => reply(response, 200, {});
  let proven = await server.credentials('first');
  const client = new ServerClient({
    serverUrl: server.url,
    userAgent: 'x',
    credentials: { proven: () => proven },
  });
  onEnd(() => client.close());
  await client.current().request({ method: 'GET', path: '/' });
  expect(client.current()).toBe(client.current());
  proven = await server.credentials('second');
  await client.current().request({ method: 'GET', path: '/' });
  expect(server.seen.map(({ peer }) => peer)).toEqual(['first', 'second']);
});

test('closed, it holds no connection', async () => {
  const server = await ScriptedServer.start(onEnd);
  server.script = (_, response) => reply(response, 200, {});
  const proven = await server.credentials();
  const client = new ServerClient({
    serverUrl: server.url,
    userAgent: 'x',
    credentials: { proven: () => proven },
  });
  client.close();
  await client.current().request({ method: 'GET', path: '/' });
  client.close();
  await waitFor(() => server.connections === 0, { what: 'the connection to be gone' });
});
