import { expect, test } from '@jest/globals';
import { reachesServer } from '../../../../src/agent/remote/reaches-server.ts';
import { ServerClient } from '../../../../src/agent/remote/server-client.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { reply, ScriptedServer } from '../../../support/scripted-server.ts';

const onEnd = useCleanup();
const { signal } = new AbortController();

async function clientOf(server: ScriptedServer, serverUrl = server.url): Promise<ServerClient> {
  const proven = await server.credentials();
  const client = new ServerClient({ serverUrl, userAgent: 'x', credentials: { proven: () => proven } });
  onEnd(() => client.close());
  return client;
}

test.each([
  ['has releases', 200, true],
  ['has none', 404, true],
  ['does not want this agent', 403, false],
  ['is in trouble, or something in front of it is', 502, false],
])('a server that %s (%d) is reached: %s', async (_, status, isReached) => {
  const server = await ScriptedServer.start(onEnd);
  server.script = (__, response) => reply(response, status, {});
  const client = await clientOf(server);
  expect(await reachesServer(client.current(), { agentID: 'a-1', signal })).toBe(isReached);
});

test('a server that is not there is not reached', async () => {
  const server = await ScriptedServer.start(onEnd);
  const client = await clientOf(server, 'https://127.0.0.1:1');
  expect(await reachesServer(client.current(), { agentID: 'a-1', signal })).toBe(false);
});

test('asked to stop, it says nothing', async () => {
  const server = await ScriptedServer.start(onEnd);
  const stop = new AbortController();
  server.script = () => stop.abort(new Error('enough'));
  const client = await clientOf(server);
  const asked = reachesServer(client.current(), { agentID: 'a-1', signal: stop.signal });
  await expect(asked).rejects.toThrow('enough');
});
