import { expect, test } from '@jest/globals';
import { useCleanup } from '../../../support/cleanup.ts';
import { startLoggedIn } from '../../../support/logged-in.ts';
import { sampleAgent } from '../../../support/sample-views.ts';

const onEnd = useCleanup();
const agent = sampleAgent();

test('the agent that a host name means is revoked', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  server.answer('GET /admin/agents', { json: { agents: [agent] } });
  server.answer(`DELETE /admin/agents/${agent.agentID}`, { json: { success: 'revoked' } });
  expect(await run(['agents', 'revoke', 'web-1'])).toEqual({
    code: 0,
    stdout: '',
    stderr: `Revoked agent ${agent.agentID} on "web-1"\n`,
  });
});

test('nothing is revoked when the name may mean several', async () => {
  const { server, run } = await startLoggedIn(onEnd);
  const other = sampleAgent({ agentID: '2f2e3d4c-0000-4000-8000-000000000002' });
  server.answer('GET /admin/agents', { json: { agents: [agent, other] } });
  expect(await run(['agents', 'revoke', 'web-1'])).toEqual({
    code: 2,
    stdout: '',
    stderr: `commander: "web-1" may be any of 2 agents: web-1 ${agent.agentID}, web-1 ${other.agentID}; give a longer one\n`,
  });
  expect(server.seen.map(({ line }) => line)).toEqual(['GET /admin/agents?name=web-1']);
});
