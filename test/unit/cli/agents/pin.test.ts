import { expect, test } from '@jest/globals';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';
import { sampleAgent } from '../../../support/sample-views.ts';

const onEnd = useCleanup();
const agent = sampleAgent();

async function pin(...argv: string[]) {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer('GET /admin/agents', { json: { agents: [agent] } });
  server.answer(`PATCH /admin/agents/${agent.agentID}`, { json: { success: 'agent changed' } });
  const result = await run(['agents', 'pin', 'web-1', ...argv]);
  return { ...result, body: server.seen.at(-1)?.body };
}

test.each([
  ['1.2.0', '1.2.0', 'is pinned to version 1.2.0'],
  ['--off', null, 'goes with its group again'],
])('an agent is pinned: %s', async (word, agentVersion, what) => {
  expect(await pin(word)).toEqual({
    code: 0,
    stdout: '',
    stderr: `Agent ${agent.agentID} on "web-1" ${what}\n`,
    body: { agentVersion },
  });
});

test.each([[[]], [['1.2.0', '--off']]])('%j is no pin', async (argv) => {
  expect(await pin(...argv)).toMatchObject({ code: 2, body: undefined });
});
