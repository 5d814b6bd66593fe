import { expect, test } from '@jest/globals';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';
import { sampleAgent } from '../../../support/sample-views.ts';

const onEnd = useCleanup();
const agent = sampleAgent();

test('the agent that a host name means goes to another group', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer('GET /admin/agents', { json: { agents: [agent] } });
  server.answer(`PATCH /admin/agents/${agent.agentID}`, { json: { success: 'agent changed' } });
  expect(await run(['agents', 'move', 'web-1', '--group', 'web'])).toEqual({
    code: 0,
    stdout: '',
    stderr: `Moved agent ${agent.agentID} on "web-1" to group "web"\n`,
  });
  expect(server.seen.at(-1)?.body).toEqual({ group: 'web' });
});
