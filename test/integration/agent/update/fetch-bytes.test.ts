import { expect, test } from '@jest/globals';
import { fetchBytes, type BytesWanted, type FetchedBytes } from '../../../../src/agent/update/fetch-bytes.ts';
import { useCleanup } from '../../../support/cleanup.ts';
import { startRemote } from '../../../support/remote-world.ts';
import type { Script } from '../../../support/scripted-server.ts';

const onEnd = useCleanup();

async function fetchFrom(script: Script, more: Partial<BytesWanted> = {}): Promise<FetchedBytes | undefined> {
  const { server, client } = await startRemote(onEnd);
  server.script = script;
  const { signal } = new AbortController();
  const wanted = { path: '/x', agentID: 'agent-1', maxBytes: 4, attempt: 'fetch it', signal, ...more };
  return await fetchBytes(client, wanted);
}

test('the bytes come with the head of the answer', async () => {
  const fetched = await fetchFrom(({ headers }, response) =>
    response.writeHead(200, { 'x-id': headers['agent-id'] }).end('abcd'),
  );
  expect(fetched?.bytes.toString()).toBe('abcd');
  expect(fetched?.headers['x-id']).toBe('agent-1');
});

test('what the server does not have is undefined', async () => {
  expect(await fetchFrom((_, response) => response.writeHead(404).end())).toBeUndefined();
});

test.each([
  ['one byte more than there can be', 200, 'abcde', 'RELEASE_UNTRUSTED'],
  ['a refusal', 403, '', 'SERVER_REFUSED'],
  ['a failure', 500, '', 'SERVER_ERROR'],
])('%s is an error', async (_, status, body, code) => {
  const fetching = fetchFrom((_request, response) => response.writeHead(status).end(body));
  await expect(fetching).rejects.toMatchObject({ code });
});

test('who sends too slowly is not waited for', async () => {
  const fetching = fetchFrom((_, response) => response.writeHead(200).write('a'), { timeoutMs: 100 });
  await expect(fetching).rejects.toMatchObject({ code: 'SERVER_ERROR', retryable: true });
});

test('being told to stop is the reason that it ends with', async () => {
  const stop = new AbortController();
  const reason = new Error('enough');
  const fetching = fetchFrom((_, response) => response.writeHead(200).write('a', () => stop.abort(reason)), {
    signal: stop.signal,
  });
  await expect(fetching).rejects.toBe(reason);
});
